import type { IDataObject } from 'n8n-workflow';

/** How a choice of the editor is carried out by the server. */
export interface Operation {
	/** Name under `/v1/nodes`. */
	node: string;
	/** Fields of the form, each with the parameter that it is to the server. */
	parameters: Record<string, string>;
	/** The collection in which the optional fields lie together. */
	collection?: string;
	/** Optional fields, each with its parameter. */
	optional?: Record<string, string>;
	/** Fields whose text is JSON. */
	json?: string[];
	/** Fields that hold several values, parted by commas. */
	lists?: string[];
	/** What of the item goes along. */
	carries?: 'payload' | 'document';
	/** The parameter that says where a list goes on. */
	cursor?: string;
	/** Parameters that this node says by itself. */
	fixed?: Record<string, string>;
}

/** One item as the server takes it. */
export interface Asked {
	place: number;
	parameters: IDataObject;
	json?: IDataObject;
	binary?: Record<string, { data: string; mimeType: string; fileName?: string }>;
}

/** What is wrong with an item, or with a whole call, in the server's words. */
export interface Problem {
	code: string;
	status: number;
	message: string;
	outcome?: string;
	retriable?: boolean;
	retry_after?: number;
	errors?: Array<{ path?: string; code?: string; message?: string; hint?: string }>;
}

/** What became of one item. */
export interface Answer {
	ok: boolean;
	outputs?: Array<{
		json: IDataObject;
		binary?: Record<string, { data: string; mimeType: string; fileName: string }>;
	}>;
	problem?: Problem;
	next_cursor?: string;
}
