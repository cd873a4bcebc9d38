import { describe, expect, it } from "vitest";

import { fault, mayWrite, remedy, rowsByPath, type Schema, sections, shown } from "./schema";

const schema: Schema = {
  properties: {
    stream: { $ref: "#/$defs/Stream" },
    areas: { items: { $ref: "#/$defs/Area" }, maxItems: 2, type: "array" },
  },
  $defs: {
    Codec: { enum: ["h264", "av1"], title: "Codec", type: "string" },
    Stream: {
      title: "Stream",
      description: "What a stream is like.",
      properties: {
        codec: { $ref: "#/$defs/Codec", description: "Video codec.", write: "operator" },
        gop: { title: "Distance", type: "integer", minimum: 1, maximum: 1023, unit: "frames", write: "operator" },
        name: { title: "Name", type: "string", minLength: 1, maxLength: 4, pattern: "^[a-z]*$", write: null, restart: true },
        order: { title: "Order", type: "array", items: { type: "integer" } },
        items: { title: "Items", type: "array", items: { $ref: "#/$defs/Area" }, write: "operator" },
        kinds: { title: "Kinds", type: "array", items: { oneOf: [{ $ref: "#/$defs/Area" }] } },
      },
    },
    Area: { properties: { pan: { anyOf: [{ type: "number", minimum: -180, maximum: 180 }, { type: "null" }], title: "Pan", unit: "°" } } },
  },
};

describe("the settings' schema", () => {
  it("becomes rows, with choices behind references and optional numbers", () => {
    const [stream] = sections(schema);
    expect(stream).toMatchObject({ name: "stream", title: "Stream" });
    expect(stream?.rows.map(({ path, kind }) => [path, kind])).toEqual([
      ["stream.codec", "choice"],
      ["stream.gop", "integer"],
      ["stream.name", "text"],
      ["stream.order", "text"],
      ["stream.items", "records"],
      ["stream.kinds", "records"],
    ]);
    const rows = rowsByPath(schema);
    expect(rows.get("stream.codec")?.choices).toEqual(["h264", "av1"]);
    expect(rows.get("areas.1.pan")).toMatchObject({ kind: "number", optional: true, minimum: -180, unit: "°" });
    expect(rows.has("areas.2.pan")).toBe(false);
  });

  it("finds what repeats within a section", () => {
    const ptz: Schema = {
      properties: { ptz: { $ref: "#/$defs/Ptz" } },
      $defs: {
        Ptz: { properties: { movement: { items: { $ref: "#/$defs/Movement" }, maxItems: 4, type: "array" } } },
        Movement: { properties: { pan: { title: "Pan control", type: "boolean", write: "administrator" } } },
      },
    };
    expect(rowsByPath(ptz).get("ptz.movement.3.pan")).toMatchObject({ title: "Pan control", write: "administrator" });
    expect(rowsByPath(ptz).has("ptz.movement.4.pan")).toBe(false);
  });

  it("finds faults before the camera is asked", () => {
    const row = (path: string) => rowsByPath(schema).get(path)!;
    expect(fault(row("stream.gop"), 1024)).toBe("From 1 to 1023 frames");
    expect(fault(row("stream.gop"), 1.5)).toBe("A whole number is needed");
    expect(fault(row("stream.gop"), 30)).toBeNull();
    expect(fault(row("stream.name"), "")).toBe("This may not be empty");
    expect(fault(row("stream.name"), "abcde")).toBe("At most 4 characters");
    expect(fault(row("stream.name"), "A")).toMatch(/^This does not fit/);
    expect(fault(row("areas.0.pan"), null)).toBeNull();
  });

  it("says what to do about a value without repeating it", () => {
    expect(remedy("network.address='10.0.0.1': should be a multicast address: 224.0.0.0 to …", "network.address")).toBe(
      "Should be a multicast address: 224.0.0.0 to …",
    );
    expect(remedy("a.b='it\\'s: odd': choose another", "a.b")).toBe("Choose another");
    expect(remedy("a.b=(1, 2): choose another", "a.b")).toBe("Choose another");
    expect(remedy("something else", "a.b")).toBe("something else");
  });

  it("knows who may write", () => {
    expect(mayWrite("viewer", "operator")).toBe(false);
    expect(mayWrite("administrator", "operator")).toBe(true);
    expect(mayWrite("administrator", null)).toBe(false);
  });

  it("shows values as text", () => {
    expect(shown([1, 2, 3])).toBe("1,2,3");
    expect(shown(null)).toBe("");
  });
});
