/**
 * The binary message of the live WebSocket: one coded picture behind a 40-byte big-endian header (docs/rest.md).
 */

export const HEADER_SIZE = 40;
const VERSION = 1;
const KEY = 1;
const DISCONTINUITY = 2;

export interface LiveFrame {
  key: boolean;
  discontinuity: boolean;
  /** Number of the hello message this picture belongs to. */
  stream: number;
  /** The channel's picture number; a gap means pictures were dropped. */
  sequence: number;
  /** Media time in µs. */
  pts: number;
  /** UTC of capture in µs. */
  wall: number;
  /** From capture to sending, µs. */
  latency: number;
  /** Pictures that this connection has lost because it was slow. */
  dropped: number;
  data: Uint8Array<ArrayBuffer>;
}

/** Parse one message; throws when it is not version 1. */
export function parseFrame(buffer: ArrayBuffer): LiveFrame {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER_SIZE || view.getUint8(0) !== VERSION) {
    throw new Error(`live message of ${buffer.byteLength} bytes has no version-${VERSION} header`);
  }
  const flags = view.getUint8(1);
  return {
    key: (flags & KEY) !== 0,
    discontinuity: (flags & DISCONTINUITY) !== 0,
    stream: view.getUint16(2),
    sequence: view.getUint32(4),
    pts: Number(view.getBigInt64(8)),
    wall: Number(view.getBigUint64(16)),
    latency: view.getUint32(24),
    dropped: view.getUint32(28),
    data: new Uint8Array(buffer, HEADER_SIZE),
  };
}
