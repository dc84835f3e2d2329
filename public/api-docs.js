// Starts Swagger UI on our description of the API. In a file of its own: the policy of the site allows no inline script.
window.SwaggerUIBundle({ url: '/api/docs/openapi.json', dom_id: '#description', deepLinking: true });
