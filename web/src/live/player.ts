/**
 * The live picture: one WebSocket, one decoder, the newest picture onto a canvas at the display's pace.
 *
 * Pictures are acknowledged when they have been drawn or passed over, so the camera never runs further ahead than its window
 * and delay cannot pile up. A lost connection comes back by itself, with the stream that was being watched. While the page is
 * hidden nothing is sent, so that a forgotten tab keeps no encoder busy. The last picture stays until the first of the next
 * stream is there.
 */

import type { Pose } from "../api";
import { type Decoder, openDecoder, type Picture } from "./decoder";
import { parseFrame } from "./frame";

export interface Wish {
  view: number;
  /** Null follows the stream settings. */
  codec: string | null;
  resolution: string | null;
}

export interface Hello {
  stream: number;
  view: number;
  codec: string;
  codec_string: string;
  width: number;
  height: number;
  fps: number;
}

export interface Stats {
  fps: number;
  kbps: number;
  width: number;
  height: number;
  codec: string;
  /** Pictures the camera left out for this client. */
  dropped: number;
  /** From capture to sending, ms. */
  cameraDelay: number;
  /** Pictures that wait for the browser's decoder. */
  waiting: number;
}

export interface PlayerEvents {
  /** The first picture of another size or stream has been drawn. */
  drawn(hello: Hello): void;
  pose(pose: Pose): void;
  /** Nothing can be seen, and why; null when all is well again. */
  problem(message: string | null): void;
  /** The camera refused a wish; the picture goes on. */
  refused(message: string): void;
  stats(stats: Stats): void;
  /** The connection broke. */
  lost(): void;
  loggedOut(): void;
  /** The browser promised this codec but fails on it. */
  unplayable(codec: string): void;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 4000;
const TICK_MS = 1000;
const STALL_MS = 5000;
const GIVE_UP_MS = 20_000;
const DECODER_FAILURES = 3;
const NO_LONGER_ALLOWED = 4401;

export class LivePlayer {
  private socket: WebSocket | null = null;
  private decoder: Decoder | null = null;
  private hello: Hello | null = null;
  private drawnHello: Hello | null = null;
  private next: Picture | null = null;
  private retryMs = FIRST_RETRY_MS;
  private retryTimer = 0;
  private closed = false;
  private troubled = false;
  private failures = 0;
  private aliveAt = performance.now();
  private counted = { pictures: 0, bytes: 0, since: performance.now(), dropped: 0, delay: 0 };
  private readonly ticker: number;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private wish: Wish,
    private readonly events: PlayerEvents,
    private stopped = false,
  ) {
    this.ticker = window.setInterval(() => this.tick(), TICK_MS);
    document.addEventListener("visibilitychange", this.rouse);
    if (!this.resting) this.connect();
  }

  /** Watch something else on the same connection. */
  watch(wish: Wish): void {
    this.wish = wish;
    this.failures = 0;
    this.aliveAt = performance.now();
    if (!this.resting && !this.send({ type: "watch", ...withoutNull(wish) })) this.reconnectNow();
  }

  /** Send a control message (a move, for instance); false when there is no connection now. */
  send(message: object): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  close(): void {
    this.closed = true;
    window.clearInterval(this.ticker);
    window.clearTimeout(this.retryTimer);
    document.removeEventListener("visibilitychange", this.rouse);
    this.socket?.close();
    this.dropDecoder();
  }

  /** Stop the stream and keep its last picture on the canvas, or go on. */
  play(on: boolean): void {
    if (on === !this.stopped) return;
    this.stopped = !on;
    this.rouse();
  }

  /** Nothing is streamed to a page that nobody sees, or that was told to stop. */
  private get resting(): boolean {
    return document.hidden || this.stopped;
  }

  private readonly rouse = (): void => {
    if (this.closed) return;
    if (!this.resting) {
      this.watch(this.wish);
      return;
    }
    window.clearTimeout(this.retryTimer);
    this.send({ type: "stop" });
    this.dropDecoder();
  };

  private connect(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const query = new URLSearchParams(withoutNull(this.wish) as Record<string, string>);
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/live?${query}`);
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (this.socket !== socket) return;
      if (typeof event.data === "string") this.onText(event.data);
      else this.onBinary(event.data);
    };
    socket.onclose = (event) => {
      if (this.socket === socket) this.lost(event.code);
    };
    this.socket = socket;
    this.aliveAt = performance.now();
  }

  private reconnectNow(): void {
    window.clearTimeout(this.retryTimer);
    const old = this.socket;
    this.socket = null;
    old?.close();
    this.dropDecoder();
    this.connect();
  }

  private lost(code: number): void {
    this.dropDecoder();
    if (this.closed) return;
    if (code === NO_LONGER_ALLOWED) {
      this.events.loggedOut();
      return;
    }
    this.trouble("The connection to the camera is lost. Trying again…");
    this.events.lost();
    if (this.resting) return;
    this.retryTimer = window.setTimeout(() => this.connect(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
  }

  private onText(text: string): void {
    const message = JSON.parse(text) as { type: string; message?: string } & Record<string, unknown>;
    if (message.type === "hello") this.begin(message as unknown as Hello);
    else if (message.type === "pose") this.events.pose(message as unknown as Pose);
    else if (message.type === "error") this.refused(message.message ?? "The camera refused.");
    else if (message.type === "ended") this.ended();
  }

  private refused(message: string): void {
    if (this.hello) this.events.refused(message);
    else this.trouble(message);
  }

  /** The camera was reconfigured: the same wish usually has a new stream. */
  private ended(): void {
    this.dropDecoder();
    this.events.lost();
    this.retryTimer = window.setTimeout(() => this.watch(this.wish), FIRST_RETRY_MS);
  }

  private begin(hello: Hello): void {
    this.dropDecoder();
    this.hello = hello;
    this.retryMs = FIRST_RETRY_MS;
    const decoder = openDecoder(hello.codec === "jpeg" ? "mjpeg" : hello.codec_string, {
      picture: (picture) => this.offer(picture),
      failed: (reason) => {
        if (this.decoder === decoder) this.decoderFailed(hello, reason);
      },
    });
    this.decoder = decoder;
  }

  private decoderFailed(hello: Hello, reason: string): void {
    this.failures += 1;
    if (this.failures >= DECODER_FAILURES && hello.codec !== "jpeg") {
      this.events.unplayable(hello.codec);
      return;
    }
    this.trouble(`The browser could not decode the picture (${reason}). Asking for a fresh start.`);
    this.begin(hello);
    this.send({ type: "key" });
  }

  private onBinary(buffer: ArrayBuffer): void {
    const frame = parseFrame(buffer);
    this.counted.bytes += buffer.byteLength;
    this.counted.dropped = frame.dropped;
    this.counted.delay = frame.latency;
    if (frame.stream === (this.hello?.stream ?? -1) % 65536) this.decoder?.decode(frame);
    this.send({ type: "ack", sequence: frame.sequence });
  }

  /** Keep the newest picture for the next repaint. */
  private offer(picture: Picture): void {
    if (this.next === null) requestAnimationFrame(() => this.draw());
    this.next?.close();
    this.next = picture;
    this.counted.pictures += 1;
  }

  private draw(): void {
    const picture = this.next;
    this.next = null;
    if (!picture) return;
    if (!this.closed && this.hello) this.paint(picture, this.hello);
    picture.close();
  }

  private paint(picture: Picture, hello: Hello): void {
    const { width, height } = hello;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.canvas.getContext("2d", { alpha: false })?.drawImage(picture.source, 0, 0, width, height);
    this.canvas.dataset["pictures"] = String(Number(this.canvas.dataset["pictures"] ?? 0) + 1);
    this.aliveAt = performance.now();
    if (this.drawnHello !== hello) {
      this.drawnHello = hello;
      this.events.drawn(hello);
    }
    if (this.troubled) this.trouble(null);
  }

  private trouble(message: string | null): void {
    this.troubled = message !== null;
    this.events.problem(message);
  }

  private tick(): void {
    this.report();
    if (this.resting || this.socket?.readyState !== WebSocket.OPEN) return;
    const silent = performance.now() - this.aliveAt;
    const patience = Math.max(STALL_MS, 3000 / (this.hello?.fps || 1));
    if (silent > Math.max(GIVE_UP_MS, 2 * patience)) this.reconnectNow();
    else if (silent > patience && !this.troubled) {
      this.trouble("No new picture for a while. The network or the camera is very busy: a smaller resolution may help.");
    }
  }

  private report(): void {
    const now = performance.now();
    const seconds = (now - this.counted.since) / 1000;
    if (this.hello) {
      this.events.stats({
        fps: this.counted.pictures / seconds,
        kbps: (this.counted.bytes * 8) / 1000 / seconds,
        width: this.hello.width,
        height: this.hello.height,
        codec: this.hello.codec,
        dropped: this.counted.dropped,
        cameraDelay: this.counted.delay / 1000,
        waiting: this.decoder?.pending ?? 0,
      });
    }
    this.counted = { ...this.counted, pictures: 0, bytes: 0, since: now };
  }

  private dropDecoder(): void {
    this.decoder?.close();
    this.decoder = null;
    this.hello = null;
    this.next?.close();
    this.next = null;
  }
}

function withoutNull(wish: Wish): Record<string, string | number> {
  const { view, codec, resolution } = wish;
  return { view, ...(codec ? { codec } : {}), ...(resolution ? { resolution } : {}) };
}
