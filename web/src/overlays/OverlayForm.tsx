import { Checkbox, Group, MultiSelect, NumberInput, SegmentedControl, Select, SimpleGrid, Slider, Stack, Switch, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";

import type { View } from "../api";
import { type Fields, type ImageOverlay, type IndicatorOverlay, type Overlay, overlays, type Paint, type TextOverlay } from "./calls";
import { ModifierPalette } from "./ModifierPalette";
import { PaintChoice } from "./PaintChoice";
import { inserted } from "./place";
import { PositionChoice } from "./PositionChoice";
import type { Editor } from "./useOverlays";

interface Props<Kind extends Overlay = Overlay> {
  overlay: Kind;
  editor: Editor;
  views: View[];
  view: number;
}

/** Everything about one overlay; all of it takes effect at once. */
export function OverlayForm({ overlay, editor, views, view }: Props) {
  const apply = (changes: Fields) => {
    editor.set(overlay.identity, changes);
    editor.done();
  };
  const everywhere = overlay.views === null;
  return (
    <Stack gap="sm">
      {overlay.kind === "text" && <TextFields overlay={overlay} editor={editor} views={views} view={view} />}
      {overlay.kind === "image" && <ImageFields overlay={overlay} editor={editor} views={views} view={view} />}
      {overlay.kind === "indicator" && <IndicatorFields overlay={overlay} editor={editor} views={views} view={view} />}
      <PositionChoice value={overlay.position} onChange={(position) => apply({ position })} />
      <Group align="end">
        <Checkbox
          label="In all views"
          checked={everywhere}
          onChange={(event) => apply({ views: event.currentTarget.checked ? null : [view] })}
        />
        {!everywhere && (
          <MultiSelect
            flex={1}
            miw={180}
            size="sm"
            aria-label="Views"
            data={views.map(({ index, name }) => ({ value: String(index), label: name }))}
            value={overlay.views?.map(String) ?? []}
            error={editor.errors["views"]}
            onChange={(chosen) => chosen.length > 0 && apply({ views: chosen.map(Number) })}
          />
        )}
      </Group>
      <Group grow align="start">
        {overlay.kind !== "indicator" && (
          <Small label="Rotation" unit="°" min={-180} max={180} step={15} value={overlay.rotation} error={editor.errors["rotation"]} onChange={(rotation) => apply({ rotation })} />
        )}
        {overlay.kind === "text" && (
          <Small label="Scrolling" unit="" min={-20} max={20} step={1} value={overlay.scroll} error={editor.errors["scroll"]} onChange={(scroll) => apply({ scroll })} />
        )}
        <Small label="Layer" unit="" min={0} max={1000} step={1} value={overlay.z} error={editor.errors["z"]} onChange={(z) => apply({ z })} />
      </Group>
      <Switch label="Shown" checked={overlay.visible} onChange={(event) => apply({ visible: event.currentTarget.checked })} />
    </Stack>
  );
}

interface SmallProps {
  label: string;
  unit: string;
  min: number;
  max: number;
  step: number;
  value: number;
  error: string | undefined;
  onChange(value: number): void;
}

function Small({ unit, onChange, ...rest }: SmallProps) {
  return <NumberInput size="sm" suffix={unit} clampBehavior="strict" {...rest} onChange={(entered) => typeof entered === "number" && onChange(entered)} />;
}

function TextFields({ overlay, editor, view }: Props<TextOverlay>) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [typed, setTyped] = useState<{ identity: number; text: string } | null>(null);
  const text = typed?.identity === overlay.identity ? typed.text : overlay.text;
  const write = (next: string) => {
    setTyped({ identity: overlay.identity, text: next });
    if (next !== "") editor.set(overlay.identity, { text: next });
  };
  const insert = (modifier: string) => {
    const { text: next, caret } = inserted(text, modifier, area.current?.selectionStart ?? null, area.current?.selectionEnd ?? null);
    write(next);
    editor.done();
    requestAnimationFrame(() => area.current?.setSelectionRange(caret, caret));
  };
  return (
    <>
      <Textarea
        ref={area}
        label="Text"
        description="% and # begin a modifier, such as %T for the time."
        autosize
        minRows={2}
        maxRows={8}
        maxLength={512}
        dir="auto"
        value={text}
        error={text === "" ? "Write something, or remove the overlay" : editor.errors["text"]}
        onChange={(event) => write(event.currentTarget.value)}
        onBlur={() => {
          editor.done();
          setTyped(null);
        }}
      />
      <ModifierPalette view={view} onInsert={insert} />
      <Size overlay={overlay} editor={editor} min={8} max={200} />
      <Paints overlay={overlay} editor={editor} names={["Text colour", "Background", "Outline"]} />
    </>
  );
}

function ImageFields({ overlay, editor }: Props<ImageOverlay>) {
  const store = useQuery({ queryKey: ["overlay-images"], queryFn: overlays.images });
  const own = overlay.size === 0;
  return (
    <>
      <Select
        label="Image"
        allowDeselect={false}
        data={(store.data?.images ?? []).map(({ name }) => ({ value: name, label: name.replace(/\.ovl$/, "") }))}
        value={overlay.image}
        error={editor.errors["image"]}
        onChange={(image) => {
          if (!image) return;
          editor.set(overlay.identity, { image });
          editor.done();
        }}
      />
      <Checkbox
        label="Its own size"
        checked={own}
        onChange={(event) => {
          editor.set(overlay.identity, { size: event.currentTarget.checked ? 0 : 160 });
          editor.done();
        }}
      />
      {!own && <Size overlay={overlay} editor={editor} min={8} max={1080} />}
    </>
  );
}

function IndicatorFields({ overlay, editor }: Props<IndicatorOverlay>) {
  return (
    <>
      <Text size="sm" c="dimmed">
        Moves with every picture, so that a picture that stands still is noticed.
      </Text>
      <SegmentedControl
        aria-label="Shape"
        data={[
          { value: "circle", label: "Circle" },
          { value: "bar", label: "Bar" },
        ]}
        value={overlay.style}
        onChange={(style) => {
          editor.set(overlay.identity, { style: style as IndicatorOverlay["style"] });
          editor.done();
        }}
      />
      <Size overlay={overlay} editor={editor} min={8} max={200} />
      <Paints overlay={overlay} editor={editor} names={["Mark", "Background", "Outline"]} />
    </>
  );
}

function Size({ overlay, editor, min, max }: { overlay: Overlay; editor: Editor; min: number; max: number }) {
  const value = overlay.size || 40;
  const set = (size: number) => editor.set(overlay.identity, { size });
  return (
    <div>
      <Text size="sm" fw={500}>
        Size
      </Text>
      <Group wrap="nowrap">
        <Slider flex={1} min={min} max={max} value={value} label={null} thumbLabel="Size" onChange={set} onChangeEnd={editor.done} />
        <NumberInput
          size="xs"
          w={76}
          aria-label="Size as a number"
          min={min}
          max={max}
          value={value}
          error={editor.errors["size"]}
          onChange={(entered) => {
            if (typeof entered !== "number" || entered === value || entered < min || entered > max) return;
            set(entered);
            editor.done();
          }}
        />
      </Group>
      <Text size="xs" c="dimmed">
        In 1080ths of the picture's height, the same at every resolution.
      </Text>
    </div>
  );
}

function Paints({ overlay, editor, names }: { overlay: TextOverlay | IndicatorOverlay; editor: Editor; names: [string, string, string] }) {
  const choose = (field: "color" | "background" | "outline") => (paint: Paint) => {
    editor.set(overlay.identity, { [field]: paint });
    editor.done();
  };
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="xs">
      <PaintChoice label={names[0]} value={overlay.color} onChange={choose("color")} />
      <PaintChoice label={names[1]} value={overlay.background} onChange={choose("background")} />
      <PaintChoice label={names[2]} value={overlay.outline} onChange={choose("outline")} />
    </SimpleGrid>
  );
}
