import {
	NodeApiError,
	NodeOperationError,
	sleep,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type JsonObject,
} from 'n8n-workflow';

import { asked } from './asking';
import { call } from './calling';
import { problemError } from './problems';
import type { Answer, Asked, Operation, Problem } from './types';

const MOST_ROWS = 1000;
const MOST_CHARACTERS = 8_000_000;
const LONGEST_WAIT = 30;

/** Carry out the chosen operation for all items, many of them in one call. */
export async function run(
	context: IExecuteFunctions,
	operations: Record<string, Operation>,
): Promise<INodeExecutionData[][]> {
	const resource = context.getNodeParameter('resource', 0) as string;
	const chosen = context.getNodeParameter('operation', 0) as string;
	const operation = operations[`${resource}:${chosen}`] ?? operations[chosen];
	return [await new Run(context, operation).all()];
}

class Run {
	private readonly outputs: INodeExecutionData[] = [];

	private readonly wanted = new Map<number, number>();

	private readonly key: string;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly operation: Operation,
	) {
		this.key = keyOf(context);
	}

	async all(): Promise<INodeExecutionData[]> {
		const items = this.context.getInputData();
		const size = this.context.getNodeParameter('options.batchSize', 0, 500) as number;
		let batch: Asked[] = [];
		let characters = 0;
		for (let place = 0; place < items.length; place++) {
			const one = await this.asked(items[place], place);
			if (one === undefined) continue;
			const length = one.binary?.data.data.length ?? 0;
			if (batch.length >= size || (batch.length && characters + length > MOST_CHARACTERS)) {
				await this.carryOut(batch);
				batch = [];
				characters = 0;
			}
			batch.push(one);
			characters += length;
		}
		if (batch.length) await this.carryOut(batch);
		// Items that could not even be asked for have their place too.
		return this.outputs.sort((one, other) => placeOf(one) - placeOf(other));
	}

	private async asked(item: INodeExecutionData, place: number): Promise<Asked | undefined> {
		try {
			const one = await asked(this.context, this.operation, item, place);
			if (this.operation.cursor) one.parameters.limit = Math.min(this.left(place), MOST_ROWS);
			return one;
		} catch (error) {
			if (!this.context.continueOnFail()) {
				throw new NodeOperationError(this.context.getNode(), error as Error, { itemIndex: place });
			}
			this.failed(place, { code: 'not_asked', status: 0, message: (error as Error).message });
			return undefined;
		}
	}

	private async carryOut(batch: Asked[]): Promise<void> {
		let open = batch;
		for (let waited = 0; open.length; ) {
			const answers = await this.answers(open);
			const wait = waited < LONGEST_WAIT ? longestWait(answers) : 0;
			const busy: Asked[] = [];
			for (const [at, answer] of answers.entries()) {
				if (wait && answer.problem?.retriable && answer.problem.retry_after) busy.push(open[at]);
				else await this.answered(open[at], answer);
			}
			if (busy.length) await sleep(wait * 1000);
			waited += wait;
			open = busy;
		}
	}

	private async answers(batch: Asked[]): Promise<Answer[]> {
		try {
			const { results } = await call<{ results: Answer[] }>(
				this.context,
				'POST',
				`/v1/nodes/${this.operation.node}/execute`,
				{
					body: { items: batch, parameters: this.shared(batch) },
					headers: { 'Idempotency-Key': this.key },
				},
			);
			return results;
		} catch (error) {
			if (!this.context.continueOnFail()) {
				throw new NodeApiError(this.context.getNode(), error as JsonObject);
			}
			const { message, httpCode } = error as NodeApiError;
			const problem = { code: 'call_failed', status: Number(httpCode) || 0, message };
			return batch.map(() => ({ ok: false, problem }));
		}
	}

	/** What holds for the whole call: how long is waited for all of it. */
	private shared(batch: Asked[]): IDataObject {
		const { wait } = batch[0].parameters;
		if (this.operation.node !== 'post' || wait === undefined) return {};
		for (const each of batch) delete each.parameters.wait;
		return { wait };
	}

	private async answered(one: Asked, answer: Answer): Promise<void> {
		if (!answer.ok) {
			this.refused(one.place, answer.problem as Problem);
			return;
		}
		const outputs = answer.outputs ?? [];
		for (const { json, binary } of outputs) {
			const output: INodeExecutionData = { json, pairedItem: { item: one.place } };
			if (binary) output.binary = await this.files(binary, one.place);
			this.outputs.push(output);
		}
		if (answer.next_cursor && this.operation.cursor) {
			await this.goOn(one, this.operation.cursor, answer.next_cursor, outputs.length);
		}
	}

	private async files(binary: NonNullable<Answer['outputs']>[number]['binary'], place: number) {
		const name = this.context.getNodeParameter('outputBinaryField', place, 'data') as string;
		const { data, fileName, mimeType } = binary!.data;
		const content = Buffer.from(data, 'base64');
		return { [name]: await this.context.helpers.prepareBinaryData(content, fileName, mimeType) };
	}

	/** The next page of a list, with the same filters, if more is wanted. */
	private async goOn(one: Asked, name: string, cursor: string, count: number): Promise<void> {
		const left = this.left(one.place) - count;
		this.wanted.set(one.place, left);
		if (left <= 0) return;
		const parameters = { ...one.parameters, [name]: cursor, limit: Math.min(left, MOST_ROWS) };
		await this.carryOut([{ ...one, parameters }]);
	}

	/** How many rows of a list are still wanted for this item. */
	private left(place: number): number {
		const known = this.wanted.get(place);
		if (known !== undefined) return known;
		const all = this.context.getNodeParameter('returnAll', place, false) as boolean;
		return all ? Infinity : (this.context.getNodeParameter('limit', place, 50) as number);
	}

	private refused(place: number, problem: Problem): void {
		if (!this.context.continueOnFail()) {
			throw problemError(this.context.getNode(), problem, place);
		}
		this.failed(place, problem);
	}

	private failed(place: number, problem: Problem): void {
		const json = { error: problem.message, details: problem as unknown as IDataObject };
		this.outputs.push({ json, pairedItem: { item: place } });
	}
}

function placeOf(output: INodeExecutionData): number {
	return (output.pairedItem as { item: number }).item;
}

function longestWait(answers: Answer[]): number {
	const waits = answers.map(({ problem }) => (problem?.retriable && problem.retry_after) || 0);
	return Math.min(waits.reduce((most, each) => Math.max(most, each), 0), LONGEST_WAIT);
}

/** The same for every try of this run of this node, and for no other. */
function keyOf(context: IExecuteFunctions): string {
	const runIndex = context.evaluateExpression('{{ $runIndex }}', 0) as number;
	const parts = [context.getWorkflow().id, context.getExecutionId(), context.getNode().id, runIndex];
	return parts.map((each) => String(each ?? '').replace(/[^\w-]/g, '') || '0').join('-');
}
