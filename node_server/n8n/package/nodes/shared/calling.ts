import {
	NodeApiError,
	sleep,
	type IDataObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type IHttpRequestMethods,
	type IHttpRequestOptions,
	type ILoadOptionsFunctions,
	type IPollFunctions,
	type IWebhookFunctions,
	type JsonObject,
} from 'n8n-workflow';

import { problemError } from './problems';
import type { Problem } from './types';

export type Context =
	| IExecuteFunctions
	| IHookFunctions
	| ILoadOptionsFunctions
	| IPollFunctions
	| IWebhookFunctions;

interface Response {
	statusCode: number;
	body: unknown;
}

const TRIES = 4;
const LONGEST_WAIT = 30;

/** The name of the credential that the node is set to. */
function credentialOf(context: Context): string {
	const chosen = context.getNodeParameter('authentication', 0, 'apiKey') as unknown as string;
	return chosen === 'oAuth2' ? 'brand__OAuth2Api' : 'brand__Api';
}

/** One call to the server; a refusal is an error with the server's sentence as its headline. */
export async function call<T>(
	context: Context,
	method: IHttpRequestMethods,
	path: string,
	more: Partial<IHttpRequestOptions> = {},
): Promise<T> {
	const name = credentialOf(context);
	const { baseUrl } = await context.getCredentials(name);
	const options: IHttpRequestOptions = {
		method,
		url: `${String(baseUrl).replace(/\/+$/, '')}${path}`,
		json: true,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		...more,
	};
	for (let tries = 1; ; tries++) {
		const response = await sent(context, name, options);
		if (response.statusCode < 400) return response.body as T;
		const problem = problemOf(response);
		const wait = problem.retry_after ?? 0;
		const again = [429, 503].includes(response.statusCode) && wait > 0 && wait <= LONGEST_WAIT;
		if (!again || tries === TRIES) throw problemError(context.getNode(), problem);
		await sleep(wait * 1000);
	}
}

async function sent(context: Context, name: string, options: IHttpRequestOptions): Promise<Response> {
	try {
		return (await context.helpers.httpRequestWithAuthentication.call(
			context,
			name,
			options,
		)) as Response;
	} catch (error) {
		throw new NodeApiError(context.getNode(), error as JsonObject);
	}
}

function problemOf(response: Response): Problem {
	const body = response.body as Partial<Problem> | undefined;
	if (body?.message && body.code) return body as Problem;
	return {
		code: 'no_answer',
		status: response.statusCode,
		message: `The address answered ${response.statusCode}, and not as this server does; check the base URL of the credential`,
	};
}

/** Rows of a list. */
export async function rows<T>(context: Context, path: string, qs: IDataObject): Promise<T[]> {
	return await call<T[]>(context, 'GET', path, { qs: { ...qs, envelope: false } });
}
