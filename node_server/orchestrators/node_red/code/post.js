const wanted = msg.payload;
const id = typeof wanted === 'object' && wanted ? wanted.id || wanted.document : wanted;
if (typeof id !== 'string' || !id) {
    node.error('msg.payload is no id of a document; give the id that ingest returned', msg);
    return null;
}
msg.method = 'POST';
msg.url = env.get('COUNTERFOIL_URL').replace(/\/+$/, '') + '/v1/connections/' +
    encodeURIComponent(env.get('CONNECTION')) + '/post?wait=30';
msg.headers = {
    'X-Api-Key': env.get('COUNTERFOIL_KEY'),
    'Content-Type': 'application/json',
};
msg.payload = JSON.stringify({ document: id });
return msg;
