import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import type { Asked, Operation } from './types';

/** What one item asks of the server: the fields of the form, and its file or JSON. */
export async function asked(
	context: IExecuteFunctions,
	operation: Operation,
	item: INodeExecutionData,
	place: number,
): Promise<Asked> {
	const carried = operation.carries ? await carriedBy(context, operation, item, place) : {};
	const parameters = {
		...stated(context, operation, place),
		...operation.fixed,
		...carried.parameters,
	};
	return { place, ...carried, parameters };
}

function stated(context: IExecuteFunctions, operation: Operation, place: number): IDataObject {
	const { collection, optional = {} } = operation;
	const values: IDataObject = collection
		? { ...(context.getNodeParameter(collection, place, {}) as IDataObject) }
		: {};
	for (const name of Object.keys(operation.parameters)) {
		const value = context.getNodeParameter(name, place, undefined, { extractValue: true });
		values[name] = value as IDataObject[string];
	}
	const given: IDataObject = {};
	for (const [name, parameter] of Object.entries({ ...optional, ...operation.parameters })) {
		const value = values[name];
		if (value !== undefined && value !== '') given[parameter] = typed(operation, name, value);
	}
	return given;
}

function typed(operation: Operation, name: string, value: unknown): IDataObject[string] {
	if (typeof value !== 'string') return value as IDataObject[string];
	if (operation.json?.includes(name)) return JSON.parse(value) as IDataObject[string];
	if (!operation.lists?.includes(name)) return value;
	return value
		.split(',')
		.map((part) => part.trim())
		.filter(Boolean);
}

async function carriedBy(
	context: IExecuteFunctions,
	operation: Operation,
	item: INodeExecutionData,
	place: number,
): Promise<Partial<Asked>> {
	const source = context.getNodeParameter('inputSource', place) as string;
	if (source === 'fields') return { json: built(context, place), parameters: canonical(operation) };
	if (source === 'json') {
		return { json: parsed(context, context.getNodeParameter('json', place), place) };
	}
	if (source === 'text') {
		const text = context.getNodeParameter('text', place) as string;
		return { json: { text }, parameters: { text_field: 'text' } };
	}
	const document = documentIn(item.json);
	if (operation.carries === 'document') return { json: document ?? item.json };
	if (source === 'document') {
		return { json: document ?? item.json, parameters: canonical(operation) };
	}
	return await automatic(context, operation, item, place);
}

/** The file of the item if it has one, else its JSON; what Map gave is known as such by Ingest. */
async function automatic(
	context: IExecuteFunctions,
	operation: Operation,
	item: INodeExecutionData,
	place: number,
): Promise<Partial<Asked>> {
	const name = context.getNodeParameter('binaryPropertyName', place, 'data') as string;
	const wanted = context.getNodeParameter('inputSource', place) === 'binary';
	if (wanted || item.binary?.[name]) {
		const { mimeType, fileName } = context.helpers.assertBinaryData(place, name);
		const content = await context.helpers.getBinaryDataBuffer(place, name);
		return { binary: { data: { data: content.toString('base64'), mimeType, fileName } } };
	}
	const document = operation.node === 'ingest' ? documentIn(item.json) : undefined;
	return document
		? { json: document, parameters: canonical(operation) }
		: { json: item.json };
}

function canonical(operation: Operation): IDataObject {
	return operation.node === 'ingest' ? { connector: 'canonical' } : {};
}

function documentIn(json: IDataObject): IDataObject | undefined {
	const inside = json.document as IDataObject | undefined;
	return typeof inside === 'object' && inside?.kind ? inside : undefined;
}

function parsed(context: IExecuteFunctions, value: unknown, itemIndex: number): IDataObject {
	if (typeof value !== 'string') return value as IDataObject;
	try {
		return JSON.parse(value) as IDataObject;
	} catch (error) {
		throw new NodeOperationError(context.getNode(), 'The field JSON does not hold JSON', {
			itemIndex,
			description: (error as Error).message,
		});
	}
}

/** A canonical document out of flat fields: `totals.gross` is put into `totals`. */
function built(context: IExecuteFunctions, place: number): IDataObject {
	const kind = context.getNodeParameter('kind', place) as string;
	const fields = context.getNodeParameter('fields.value', place, {}) as IDataObject | null;
	const document: IDataObject = { kind };
	for (const [path, value] of Object.entries(fields ?? {})) {
		if (value !== null && value !== '') put(document, path.split('.'), value);
	}
	return document;
}

function put(into: IDataObject, path: string[], value: IDataObject[string]): void {
	const [name, ...rest] = path;
	if (rest.length === 0) {
		into[name] = value;
		return;
	}
	into[name] = into[name] ?? {};
	put(into[name] as IDataObject, rest, value);
}
