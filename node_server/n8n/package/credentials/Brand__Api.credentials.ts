import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';

export class Brand__Api implements ICredentialType {
	name = 'brand__Api';

	displayName = 'BRAND__ API';

	icon: Icon = { light: 'file:../icons/brand--.svg', dark: 'file:../icons/brand--.dark.svg' };

	documentationUrl = 'HOMEPAGE__#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'http://127.0.0.1:8400',
			description: 'Address of the server. On the same machine write 127.0.0.1, not localhost.',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'A key of the server, with the roles that the workflow needs',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } },
	};

	test: ICredentialTestRequest = {
		request: { baseURL: '={{$credentials.baseUrl}}', url: '/v1/nodes/choices/readers' },
	};
}
