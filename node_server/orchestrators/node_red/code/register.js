const { readFileSync } = require('fs');
const { join } = require('path');

module.exports = function (RED) {
    const text = readFileSync(join(__dirname, 'subflows', 'SUBFLOW.json'), 'utf8');
    RED.nodes.registerSubflow(JSON.parse(text));
};
