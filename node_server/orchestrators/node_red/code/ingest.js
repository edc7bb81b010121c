const asBytes = Buffer.isBuffer(msg.payload) || typeof msg.payload === 'string';
const connector = env.get('CONNECTOR');
msg.method = 'POST';
msg.url = env.get('COUNTERFOIL_URL').replace(/\/+$/, '') + '/v1/documents' +
    (connector ? '?connector=' + encodeURIComponent(connector) : '');
msg.headers = {
    'X-Api-Key': env.get('COUNTERFOIL_KEY'),
    'Content-Type': asBytes ? 'application/octet-stream' : 'application/json',
};
if (!asBytes) msg.payload = JSON.stringify(msg.payload);
return msg;
