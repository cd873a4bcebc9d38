/** Stored pictures as they come over HTTP: each message behind its length in four bytes, as over the live WebSocket. */

import { type LiveFrame, parseFrame } from "../live/frame";

/** Cuts a stream of bytes into messages, wherever the network cut it. */
export class Cutter {
  private rest = new Uint8Array(0);

  *push(piece: Uint8Array): Generator<ArrayBuffer> {
    let data = piece;
    if (this.rest.length > 0) {
      data = new Uint8Array(this.rest.length + piece.length);
      data.set(this.rest);
      data.set(piece, this.rest.length);
    }
    let at = 0;
    while (data.length - at >= 4) {
      const size = new DataView(data.buffer, data.byteOffset + at, 4).getUint32(0);
      if (data.length - at - 4 < size) break;
      yield data.slice(at + 4, at + 4 + size).buffer;
      at += 4 + size;
    }
    this.rest = data.slice(at);
  }
}

/** The stored pictures from the key picture at or before ``since`` on. Ends with the recording, or when ``signal`` says so. */
export async function* storedPictures(id: string, since: string | null, signal: AbortSignal): AsyncGenerator<LiveFrame> {
  const query = since ? `?${new URLSearchParams({ since })}` : "";
  const response = await fetch(`/api/v1/recordings/${id}/pictures${query}`, { signal });
  if (!response.ok || !response.body) throw new Error(`The camera answered ${response.status} ${response.statusText}`);
  const reader = response.body.getReader();
  const cutter = new Cutter();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const message of cutter.push(value)) yield parseFrame(message);
  }
}
