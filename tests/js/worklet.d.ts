// What an AudioWorkletGlobalScope has beyond the page's scope.
// Source: https://webaudio.github.io/web-audio-api/#AudioWorkletGlobalScope

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
  constructor(options?: AudioWorkletNodeOptions);
}

declare const currentFrame: number;
declare const currentTime: number;
declare const sampleRate: number;

declare function registerProcessor(name: string, processor: new (options: AudioWorkletNodeOptions) => AudioWorkletProcessor): void;
