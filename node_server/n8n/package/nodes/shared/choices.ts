import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodePropertyOptions,
	ResourceMapperFields,
} from 'n8n-workflow';

import { call } from './calling';

interface Page {
	data: INodePropertyOptions[];
	next_cursor?: string;
}

/** The parameter of that name, wherever the form has it, where a locator is its value. */
function current(context: ILoadOptionsFunctions, name: string): string | undefined {
	const all = context.getCurrentNodeParameters() ?? {};
	const groups = [all, all.options, all.filters] as Array<IDataObject | undefined>;
	const value = groups.map((group) => group?.[name]).find((each) => each !== undefined);
	const plain = typeof value === 'object' ? (value as IDataObject | null)?.value : value;
	return plain ? String(plain) : undefined;
}

/** Lists of the server for the forms of a node that is about one connector, or about any. */
export function choicesOf(connector?: string) {
	async function page(
		context: ILoadOptionsFunctions,
		list: string,
		search?: string,
		cursor?: string,
	): Promise<Page> {
		const qs: IDataObject = { search, cursor };
		qs.connector = connector ?? current(context, 'connector');
		if (!qs.connector) qs.connection = current(context, 'connectionId');
		for (const name of Object.keys(qs)) if (!qs[name]) delete qs[name];
		return await call<Page>(context, 'GET', `/v1/nodes/choices/${list}`, { qs });
	}
	const options = (list: string) =>
		async function (this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
			return (await page(this, list)).data;
		};
	const search = (list: string) =>
		async function (
			this: ILoadOptionsFunctions,
			filter?: string,
			paginationToken?: string,
		): Promise<INodeListSearchResult> {
			const { data, next_cursor } = await page(this, list, filter, paginationToken);
			return { results: data, paginationToken: next_cursor };
		};
	return {
		loadOptions: {
			readers: options('readers'),
			writers: options('writers'),
			read: options('read'),
			written: options('written'),
			pulled: options('pulled'),
			posted: options('posted'),
			entities: options('entities'),
			connections: options('connections'),
			kinds: options('kinds'),
			events: options('events'),
		},
		listSearch: {
			searchConnections: search('connections'),
			searchDocuments: search('documents'),
		},
		resourceMapping: {
			async fields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
				const kind = current(this, 'kind') ?? 'invoice';
				return await call(this, 'GET', `/v1/nodes/fields/${encodeURIComponent(kind)}`);
			},
		},
	};
}
