const status = msg.statusCode;
const said = msg.payload;
delete msg.headers;
delete msg.url;
delete msg.method;
if (typeof status !== 'number') return null; // the request node has told why already
if (status < 300) return msg;
const hint = said && said.hint ? '; ' + said.hint : '';
node.error(said && said.message ? said.message + hint : 'the server answered ' + status, msg);
return null;
