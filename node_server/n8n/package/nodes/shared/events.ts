import type { IDataObject, IHookFunctions, IPollFunctions, IWebhookFunctions } from 'n8n-workflow';

import { call } from './calling';

/** Types of events that the form asks for: every kind with every event that was chosen. */
export function wantedTypes(context: IHookFunctions | IPollFunctions): string[] {
	const kinds = orAny(context.getNodeParameter('kinds', []) as string[]);
	const events = orAny(context.getNodeParameter('events', []) as string[]);
	return kinds.flatMap((kind) => events.map((event) => `finance.${kind}.${event}.v1`));
}

function orAny(chosen: string[]): string[] {
	return chosen.length ? chosen : ['*'];
}

/** Whether an event is about what the filters of the form ask for. */
export function isWanted(event: IDataObject, filters: IDataObject): boolean {
	const data = (event.data ?? {}) as IDataObject;
	const states = (filters.states as string[] | undefined) ?? [];
	if (states.length && !states.includes(String(data.state))) return false;
	const issues = (data.issues ?? {}) as IDataObject;
	return !filters.onlyWithErrors || Number(issues.error ?? 0) > 0;
}

/** The event, with the document that it is about if that is wanted. */
export async function completed(
	context: IWebhookFunctions | IPollFunctions,
	event: IDataObject,
	filters: IDataObject,
): Promise<IDataObject> {
	const { id, kind } = (event.data ?? {}) as IDataObject;
	if (!filters.includeDocument || kind === 'connection' || !id) return event;
	const path = `/v1/documents/${encodeURIComponent(String(id))}`;
	return { ...event, record: await call<IDataObject>(context, 'GET', path) };
}
