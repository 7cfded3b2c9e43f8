import * as z from "zod";
import type { ApiRoute } from "./api_route.ts";

/** The routes that every function has. */
export const BASE_ROUTES: readonly ApiRoute[] = [
  {
    method: "get",
    path: "/v2/health/live",
    id: "live",
    summary: "Tells whether the process works.",
    answers: { 200: { description: "It does.", schema: z.strictObject({ live: z.literal(true) }) } },
    open: true,
  },
  {
    method: "get",
    path: "/v2/health/ready",
    id: "ready",
    summary: "Tells whether the function can work.",
    answers: { 200: { description: "It can.", schema: z.strictObject({ ready: z.literal(true) }) } },
    problems: [503],
    open: true,
  },
  {
    method: "get",
    path: "/metrics",
    id: "metrics",
    summary: "Numbers of the process, in Prometheus' text format.",
    answers: { 200: { description: "The numbers.", schema: { type: "string" }, type: "text/plain" } },
  },
  {
    method: "get",
    path: "/openapi.json",
    id: "openapi",
    summary: "This document.",
    answers: { 200: { description: "OpenAPI 3.1.", schema: z.looseObject({ openapi: z.string() }) } },
  },
  {
    method: "get",
    path: "/docs",
    id: "docs",
    summary: "This document, for people.",
    answers: { 200: { description: "A page without scripts.", schema: { type: "string" }, type: "text/html" } },
  },
];
