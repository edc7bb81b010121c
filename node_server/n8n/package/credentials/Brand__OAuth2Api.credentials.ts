import type { ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

export class Brand__OAuth2Api implements ICredentialType {
	name = 'brand__OAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'BRAND__ OAuth2 API';

	icon: Icon = { light: 'file:../icons/brand--.svg', dark: 'file:../icons/brand--.dark.svg' };

	documentationUrl = 'HOMEPAGE__#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://',
			description: 'Address of the server, which must be set up to trust your identity provider',
		},
		{
			displayName: 'Grant Type',
			name: 'grantType',
			type: 'hidden',
			default: 'clientCredentials',
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'string',
			required: true,
			default: '',
			description: 'Token endpoint of your OpenID Connect provider',
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'string',
			default: '',
			description: 'Scopes to ask for, parted by spaces',
		},
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: '',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'hidden',
			default: 'header',
		},
	];
}
