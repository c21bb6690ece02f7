import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { RequestHandler } from 'express';

/**
 * A span per answered request, in the words of OpenTelemetry's HTTP conventions. Without OTEL_TRACES_EXPORTER the tracer does nothing.
 * @param routeOf the route of a path: what a client asks for may not make names
 */
export const traced = (routeOf: (path: string) => string): RequestHandler => {
  const tracer = trace.getTracer('watchroom');
  return (request, response, next) => {
    const route = routeOf(request.path);
    const span = tracer.startSpan(`${request.method} ${route}`, { kind: SpanKind.SERVER, attributes: { 'http.request.method': request.method, 'http.route': route } });
    response.once('close', () => {
      span.setAttribute('http.response.status_code', response.statusCode);
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    next();
  };
};
