import type { Registry } from "../../static/js/call/registry.js";

declare global {
  interface Window {
    vivavoce: Registry;
    uPlot: {
      new (options: object, data: (number | null)[][], place: HTMLElement): { destroy(): void; setSize(size: { width: number; height: number }): void };
      paths: { bars(options: object): unknown };
      tzDate(date: Date, zone: string): Date;
    };
    htmx: { swap(ctx: { text: string; target: Element; swap: string }): Promise<void> };
  }
}
