import type { Registry } from "../../static/js/call/registry.js";

declare global {
  interface Window {
    vivavoce: Registry;
    htmx: { swap(ctx: { text: string; target: Element; swap: string }): Promise<void> };
  }
}
