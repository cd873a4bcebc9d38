/**
 * Plays a recording: stored pictures through the same decoders as the live picture, shown when they are due.
 *
 * A jump begins with the key picture at or before the moment; what lies between is decoded and not shown. Pictures are fetched as fast as
 * they are shown, because the stream is only read on when the decoder has little to do. One step back is a jump to the moment
 * before the picture that is shown.
 */

import { type Decoder, openDecoder, type Picture } from "../live/decoder";
import type { LiveFrame } from "../live/frame";
import type { Detail } from "./calls";
import { storedPictures } from "./stored";

export interface PlaybackEvents {
  /** A picture is shown; its time in ms since 1970. */
  shown(at: number): void;
  playing(playing: boolean): void;
  ended(): void;
  problem(message: string): void;
}

const AHEAD = 8;
const IDLE_MS = 15;

export class RecordingPlayer {
  private run: AbortController | null = null;
  private decoder: Decoder | null = null;
  private ready: Picture[] = [];
  private wake: (() => void) | null = null;
  private speed = 1;
  private paused = true;
  private at = 0;
  private timer = 0;
  private ended = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly recording: Detail,
    private readonly events: PlaybackEvents,
    from: number | null = null,
  ) {
    this.at = from ?? Date.parse(recording.start);
  }

  /** The time of the picture that is shown, ms since 1970. */
  get time(): number {
    return this.at;
  }

  play(): void {
    if (!this.paused) return;
    this.paused = false;
    this.events.playing(true);
    if (this.ended) this.jump(Date.parse(this.recording.start));
    else if (!this.run) this.jump(this.at);
    else this.showNext();
  }

  pause(): void {
    this.paused = true;
    window.clearTimeout(this.timer);
    this.events.playing(false);
  }

  setSpeed(speed: number): void {
    this.speed = speed;
  }

  /** Show the picture of a moment, and go on from there if it was playing. */
  jump(at: number, before = false): void {
    this.stop();
    this.ended = false;
    const run = new AbortController();
    this.run = run;
    void this.read(run, at, before);
  }

  /** One picture on or back; playing pauses. */
  step(direction: 1 | -1): void {
    this.pause();
    if (direction < 0) this.jump(this.at, true);
    else if (this.run && !this.ended) this.show();
    else this.jump(this.at);
  }

  close(): void {
    this.stop();
  }

  private stop(): void {
    window.clearTimeout(this.timer);
    this.run?.abort();
    this.run = null;
    this.decoder?.close();
    this.decoder = null;
    for (const picture of this.ready) picture.close();
    this.ready = [];
    this.wake?.();
  }

  private async read(run: AbortController, at: number, before: boolean): Promise<void> {
    let skipping = true;
    let last: Picture | null = null;
    const codec = this.recording.codec === "jpeg" ? "mjpeg" : this.recording.codec_string;
    const take = (picture: Picture): void => {
      if (this.run !== run) return picture.close();
      const time = picture.frame.wall / 1000;
      if (skipping && time < at - 0.5) {
        last?.close();
        last = picture;
        return;
      }
      if (skipping) {
        skipping = false;
        if (before && last) this.ready.push(last);
        else last?.close();
        last = null;
        this.ready.push(picture);
        this.show();
        return;
      }
      this.ready.push(picture);
      if (!this.paused && this.timer === 0) this.showNext();
    };
    const decoder = openDecoder(codec, { picture: take, failed: (reason) => this.events.problem(reason) });
    this.decoder = decoder;
    const from = new Date(Math.max(0, before ? at - 1 : at)).toISOString();
    try {
      for await (const frame of storedPictures(this.recording.id, from, run.signal)) {
        if (this.run !== run) return;
        await this.room(decoder, frame, () => skipping);
        if (this.run !== run) return;
        decoder.decode(frame);
      }
      while (this.run === run && (decoder.pending > 0 || this.ready.length > 0)) await pause(IDLE_MS * 2);
      if (this.run !== run) return;
      if (skipping && last) this.ready.push(last);
      if (skipping) this.show();
      this.finish();
    } catch (error) {
      if (!run.signal.aborted) this.events.problem(error instanceof Error ? error.message : String(error));
    }
  }

  /** Wait until another picture may go to the decoder. */
  private async room(decoder: Decoder, _frame: LiveFrame, skipping: () => boolean): Promise<void> {
    const run = this.run;
    while (this.run === run && (decoder.pending > AHEAD || (!skipping() && this.ready.length > AHEAD))) await pause(IDLE_MS);
  }

  private finish(): void {
    this.ended = true;
    this.pause();
    this.events.ended();
  }

  private show(): void {
    const picture = this.ready.shift();
    if (!picture) return;
    const { source, frame } = picture;
    const [width, height] = [this.recording.width, this.recording.height];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.canvas.getContext("2d", { alpha: false })?.drawImage(source, 0, 0, width, height);
    this.canvas.dataset["pictures"] = String(Number(this.canvas.dataset["pictures"] ?? 0) + 1);
    this.at = frame.wall / 1000;
    picture.close();
    this.events.shown(this.at);
    if (!this.paused) this.showNext();
  }

  /** Show the next picture when it is due. */
  private showNext(): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
    const next = this.ready[0];
    if (!next || this.paused) return;
    const wait = Math.min(2000, Math.max(0, next.frame.wall / 1000 - this.at)) / this.speed;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.show();
    }, wait);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => window.setTimeout(resolve, ms));
}
