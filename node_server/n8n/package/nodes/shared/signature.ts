import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE = 300;

/** Whether a body was signed with this secret a moment ago, as Standard Webhooks says. */
export function isSigned(
	secret: string,
	headers: Record<string, unknown>,
	body: Buffer,
	now: number,
): boolean {
	const id = String(headers['webhook-id'] ?? '');
	const timestamp = String(headers['webhook-timestamp'] ?? '');
	const stated = String(headers['webhook-signature'] ?? '');
	if (!id || !/^\d+$/.test(timestamp) || Math.abs(now - Number(timestamp)) > TOLERANCE) return false;
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
	const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
	return stated.split(' ').some((each) => {
		const [version, signature] = each.split(',');
		const found = Buffer.from(signature ?? '', 'base64');
		return version === 'v1' && found.length === expected.length && timingSafeEqual(found, expected);
	});
}
