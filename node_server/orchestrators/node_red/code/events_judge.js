const status = msg.statusCode;
const said = msg.payload;
flow.set('asking', false);
if (typeof status !== 'number') return null; // the request node has told why already
if (status >= 300) {
    node.error(said && said.message ? said.message : 'the server answered ' + status, msg);
    return null;
}
if (said.next_cursor) flow.set('after', said.next_cursor);
return [said.data.map((event) => ({ topic: event.type, payload: event }))];
