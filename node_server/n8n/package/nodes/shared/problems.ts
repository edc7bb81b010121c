import { NodeApiError, type INode, type JsonObject } from 'n8n-workflow';

import type { Problem } from './types';

const PLACES_SHOWN = 5;

/** An error whose headline is the server's own sentence. */
export function problemError(node: INode, problem: Problem, itemIndex?: number): NodeApiError {
	return new NodeApiError(node, problem as unknown as JsonObject, {
		message: problem.message,
		description: described(problem),
		httpCode: String(problem.status),
		itemIndex,
	});
}

function described(problem: Problem): string {
	const places = (problem.errors ?? [])
		.slice(0, PLACES_SHOWN)
		.map((each) => [each.path, each.message, each.hint].filter(Boolean).join(': '));
	return [...places, OUTCOMES[problem.outcome ?? ''] ?? ''].filter(Boolean).join('\n');
}

const OUTCOMES: Record<string, string> = {
	not_applied: 'Nothing was changed.',
	uncertain: 'Whether it was carried out is not known; the same again does no harm.',
};
