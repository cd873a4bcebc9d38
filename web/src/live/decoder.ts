/**
 * Coded pictures in, drawable pictures out. WebCodecs for H.264 and AV1; JPEG needs nothing but the browser itself, so it is
 * what browsers without WebCodecs, or pages that are not in a secure context, fall back to.
 */

import type { LiveFrame } from "./frame";

export interface Picture {
  source: VideoFrame | ImageBitmap;
  frame: LiveFrame;
  close(): void;
}

export interface Decoder {
  decode(frame: LiveFrame): void;
  /** Pictures handed in and not yet out. */
  readonly pending: number;
  close(): void;
}

export interface DecoderEvents {
  picture(picture: Picture): void;
  /** The decoder cannot go on; the next key picture may start a new one. */
  failed(reason: string): void;
}

/** Whether this page may use WebCodecs at all (a secure context in a browser that has it). */
export const hasWebCodecs = typeof VideoDecoder !== "undefined";

/** Whether the browser decodes this codec string. */
export async function canDecode(codec: string): Promise<boolean> {
  if (codec === "mjpeg") return true;
  if (!hasWebCodecs) return false;
  try {
    return (await VideoDecoder.isConfigSupported({ codec })).supported === true;
  } catch {
    return false;
  }
}

export function openDecoder(codec: string, events: DecoderEvents): Decoder {
  return codec === "mjpeg" ? new JpegDecoder(events) : new WebCodecsDecoder(codec, events);
}

class WebCodecsDecoder implements Decoder {
  private readonly inFlight = new Map<number, LiveFrame>();
  private readonly decoder: VideoDecoder;
  private waitForKey = true;

  constructor(codec: string, events: DecoderEvents) {
    this.decoder = new VideoDecoder({
      output: (source) => {
        const frame = this.inFlight.get(source.timestamp);
        this.inFlight.delete(source.timestamp);
        if (frame) events.picture({ source, frame, close: () => source.close() });
        else source.close();
      },
      error: (error) => events.failed(error.message),
    });
    // Annex B and low-overhead OBUs carry their own parameter sets, so no description is given.
    this.decoder.configure({ codec, optimizeForLatency: true });
  }

  get pending(): number {
    return this.decoder.decodeQueueSize;
  }

  decode(frame: LiveFrame): void {
    if (this.decoder.state !== "configured" || (this.waitForKey && !frame.key)) return;
    this.waitForKey = false;
    this.inFlight.set(frame.pts, frame);
    this.decoder.decode(
      new EncodedVideoChunk({ type: frame.key ? "key" : "delta", timestamp: frame.pts, data: frame.data }),
    );
  }

  close(): void {
    if (this.decoder.state !== "closed") this.decoder.close();
  }
}

class JpegDecoder implements Decoder {
  private busy = false;
  private next: LiveFrame | null = null;
  private closed = false;

  constructor(private readonly events: DecoderEvents) {}

  get pending(): number {
    return Number(this.busy) + Number(this.next !== null);
  }

  /** Only the newest picture is worth decoding; an older one that still waits is forgotten. */
  decode(frame: LiveFrame): void {
    this.next = frame;
    if (!this.busy) void this.run();
  }

  close(): void {
    this.closed = true;
    this.next = null;
  }

  private async run(): Promise<void> {
    this.busy = true;
    while (this.next !== null) {
      const frame: LiveFrame = this.next;
      this.next = null;
      try {
        const source = await createImageBitmap(new Blob([frame.data], { type: "image/jpeg" }));
        if (this.closed) source.close();
        else this.events.picture({ source, frame, close: () => source.close() });
      } catch (error) {
        this.events.failed(String(error));
      }
    }
    this.busy = false;
  }
}
