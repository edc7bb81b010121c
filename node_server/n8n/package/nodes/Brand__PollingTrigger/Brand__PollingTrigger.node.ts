import {
	NodeConnectionTypes,
	type IDataObject,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';

import { call } from '../shared/calling';
import { choicesOf } from '../shared/choices';
import { completed, isWanted, wantedTypes } from '../shared/events';
import { authentication, eventFields } from '../shared/triggerFields';

interface Page {
	data: IDataObject[];
	has_more: boolean;
	next_cursor: string;
}

const MOST_AT_ONCE = 1000;

export class Brand__PollingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'BRAND__ Polling Trigger',
		name: 'brand__PollingTrigger',
		icon: { light: 'file:../../icons/brand--.svg', dark: 'file:../../icons/brand--.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ ($parameter["events"] || []).join(", ") || "any event" }}',
		description: 'Asks for new events, where the server cannot reach n8n',
		defaults: { name: 'BRAND__ Polling Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'brand__Api',
				required: true,
				displayOptions: { show: { authentication: ['apiKey'] } },
			},
			{
				name: 'brand__OAuth2Api',
				required: true,
				displayOptions: { show: { authentication: ['oAuth2'] } },
			},
		],
		properties: [authentication, ...eventFields],
	};

	methods = choicesOf();

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const kept = this.getWorkflowStaticData('node');
		const filters = this.getNodeParameter('options', {}) as IDataObject;
		const types = wantedTypes(this).join(' ');
		const manual = this.getMode() === 'manual';
		const after = manual ? undefined : (kept.after as string | undefined) ?? 'newest';
		const events: IDataObject[] = [];
		const page = await call<Page>(this, 'GET', '/v1/events', {
			qs: { types, limit: manual ? 1 : MOST_AT_ONCE, ...(after ? { after } : {}) },
		});
		for (const event of page.data) {
			if (isWanted(event, filters)) events.push(await completed(this, event, filters));
		}
		if (!manual) kept.after = page.next_cursor;
		return events.length ? [this.helpers.returnJsonArray(events)] : null;
	}
}
