if (flow.get('asking')) return null;
flow.set('asking', true);
const types = env.get('TYPES');
const after = flow.get('after') || 'newest';
return {
    method: 'GET',
    url: env.get('COUNTERFOIL_URL').replace(/\/+$/, '') + '/v1/events?limit=100&after=' +
        encodeURIComponent(after) + (types ? '&types=' + encodeURIComponent(types) : ''),
    headers: { 'X-Api-Key': env.get('COUNTERFOIL_KEY') },
};
