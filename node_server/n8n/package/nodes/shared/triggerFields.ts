import type { INodeProperties } from 'n8n-workflow';

export const authentication: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	options: [
		{ name: 'API Key', value: 'apiKey' },
		{ name: 'OAuth2', value: 'oAuth2' },
	],
	default: 'apiKey',
};

export const eventFields: INodeProperties[] = [
	{
		displayName: 'Event Names or IDs',
		name: 'events',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'events' },
		default: [],
		description:
			'What has happened; nothing chosen means anything. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Kind Names or IDs',
		name: 'kinds',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'kinds' },
		default: [],
		description:
			'To which documents; nothing chosen means all. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Include Document',
				name: 'includeDocument',
				type: 'boolean',
				default: false,
				description: 'Whether to fetch the document that the event is about, as record',
			},
			{
				displayName: 'Only With Errors',
				name: 'onlyWithErrors',
				type: 'boolean',
				default: false,
				description: 'Whether to start only for documents that have issues of severity error',
			},
			{
				displayName: 'States',
				name: 'states',
				type: 'multiOptions',
				options: STATES__,
				default: [],
				description: 'Only documents that are then in one of these states',
			},
		],
	},
];
