import {
	NodeApiError,
	NodeConnectionTypes,
	type IDataObject,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	type JsonObject,
} from 'n8n-workflow';

import { call, rows } from '../shared/calling';
import { choicesOf } from '../shared/choices';
import { completed, isWanted, wantedTypes } from '../shared/events';
import { isSigned } from '../shared/signature';
import { authentication, eventFields } from '../shared/triggerFields';

interface Subscription {
	id: string;
	url: string;
	types: string[];
	state: string;
	secret?: string;
}

export class Brand__Trigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'BRAND__ Trigger',
		name: 'brand__Trigger',
		icon: { light: 'file:../../icons/brand--.svg', dark: 'file:../../icons/brand--.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ ($parameter["events"] || []).join(", ") || "any event" }}',
		description: 'Starts the workflow when something happens to a document',
		defaults: { name: 'BRAND__ Trigger' },
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
		webhooks: [
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
		],
		properties: [authentication, ...eventFields],
	};

	methods = choicesOf();

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				const kept = this.getWorkflowStaticData('node');
				if (!kept.subscription || !kept.secret) return false;
				const there = await found(this, String(kept.subscription));
				if (!there) return false;
				const types = [...wantedTypes(this)].sort().join(' ');
				const same =
					there.url === this.getNodeWebhookUrl('default') &&
					there.state === 'active' &&
					[...there.types].sort().join(' ') === types;
				if (!same) await removed(this, there.id);
				return same;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				const url = this.getNodeWebhookUrl('default');
				const there = await rows<Subscription>(this, '/v1/subscriptions', {});
				// One whose answer was lost would be told everything twice.
				for (const each of there) if (each.url === url) await removed(this, each.id);
				const made = await call<Subscription>(this, 'POST', '/v1/subscriptions', {
					body: {
						url,
						types: wantedTypes(this),
						description: `n8n, workflow ${this.getWorkflow().id ?? ''}`,
					},
				});
				const kept = this.getWorkflowStaticData('node');
				kept.subscription = made.id;
				kept.secret = made.secret;
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				const kept = this.getWorkflowStaticData('node');
				if (kept.subscription) await removed(this, String(kept.subscription));
				delete kept.subscription;
				delete kept.secret;
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { secret } = this.getWorkflowStaticData('node');
		const request = this.getRequestObject();
		const body = request.rawBody;
		const now = Math.floor(Date.now() / 1000);
		if (!secret || !body || !isSigned(String(secret), this.getHeaderData() as IDataObject, body, now)) {
			const message = 'The signature does not fit; only the server that was subscribed to may call';
			this.getResponseObject().status(401).json({ message });
			return { noWebhookResponse: true };
		}
		const event = JSON.parse(body.toString('utf8')) as IDataObject;
		const filters = this.getNodeParameter('options', {}) as IDataObject;
		if (!isWanted(event, filters)) return { webhookResponse: 'not wanted' };
		const item = await completed(this, event, filters);
		return { workflowData: [this.helpers.returnJsonArray([item])] };
	}
}

/** The subscription, if the server has it. */
async function found(context: IHookFunctions, id: string): Promise<Subscription | undefined> {
	try {
		return await call<Subscription>(context, 'GET', `/v1/subscriptions/${id}`);
	} catch (error) {
		if ((error as NodeApiError).httpCode === '404') return undefined;
		throw new NodeApiError(context.getNode(), error as JsonObject);
	}
}

/** End a subscription; one that is gone already is as good. */
async function removed(context: IHookFunctions, id: string): Promise<void> {
	try {
		await call(context, 'DELETE', `/v1/subscriptions/${id}`);
	} catch (error) {
		if ((error as NodeApiError).httpCode === '404') return;
		throw new NodeApiError(context.getNode(), error as JsonObject);
	}
}
