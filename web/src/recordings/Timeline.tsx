import { Group, Paper, Stack, Text, Tooltip } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { IconChevronLeft, IconChevronRight, IconFlag2Filled, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type PointerEvent, useEffect, useRef, useState } from "react";

import { Tool } from "../parts/Tool";
import { type Recording, recordings, stillOf } from "./calls";
import { Still } from "./Still";
import { label, moment, moved, place, type Span, ticks, topicWords, zoomed } from "./timeline";
import classes from "./Timeline.module.css";
import { clock, day } from "./words";

const MOST = 1000;
const REFRESH_MS = 5000;
const STILL_EVERY_MS = 250;
const HALF_LABEL = 32;

interface Props {
  span: Span;
  onSpan(span: Span): void;
  view: number | null;
  kind: string | null;
  disk: string | null;
  name(view: number): string;
  onPlay(recording: Recording, at: number): void;
}

interface Hover {
  row: Recording;
  at: number;
  x: number;
  y: number;
}

/** Recordings as bars over time, one line a view, with what happened as flags; a click plays that moment. */
export function Timeline({ span, onSpan, view, kind, disk, name, onPlay }: Props) {
  const [hover, setHover] = useState<Hover | null>(null);
  const { ref: width, width: pixels } = useElementSize();
  const box = useRef<HTMLDivElement>(null);
  const [since, until] = [new Date(span.from).toISOString(), new Date(span.to).toISOString()];
  const filter = { view, kind, disk, since, until, offset: 0, limit: MOST };
  const found = useQuery({ queryKey: ["recordings", "timeline", filter], queryFn: () => recordings.list(filter), refetchInterval: REFRESH_MS, placeholderData: keepPreviousData });
  const marks = useQuery({ queryKey: ["marks", since, until], queryFn: () => recordings.marks(since, until), refetchInterval: REFRESH_MS, placeholderData: keepPreviousData });
  const rows = found.data?.recordings ?? [];
  const views = [...new Set(rows.map((row) => row.view))].sort((a, b) => a - b);
  const edge = (100 * HALF_LABEL) / Math.max(pixels, 1);
  const clear = (at: number) => place(at, span) > edge && place(at, span) < 100 - edge; // a label at the edge would be cut
  const middle = (span.from + span.to) / 2;
  const pointedAt = hover?.at;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      const { left, width: wide } = element.getBoundingClientRect();
      // a short recording is drawn wider than it is: what is pointed at then is the recording, not the time beside it
      const pivot = pointedAt ?? moment((event.clientX - left) / wide, span);
      onSpan(event.shiftKey ? moved(span, Math.sign(event.deltaY || event.deltaX) * 0.1) : zoomed(span, event.deltaY > 0 ? 1.25 : 0.8, pivot));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [span, onSpan, pointedAt]);

  const pointed = (event: PointerEvent<HTMLElement>, row: Recording): Hover => {
    const { left, top, width: wide } = (event.currentTarget.parentElement as HTMLElement).getBoundingClientRect();
    const at = Math.min(Math.max(moment((event.clientX - left) / wide, span), Date.parse(row.start)), Date.parse(row.stop));
    return { row, at, x: event.clientX, y: top - 6 };
  };

  return (
    <Stack gap={4} ref={box} data-timeline>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {day(span.from)} {clock(span.from)} to {day(span.to) === day(span.from) ? "" : `${day(span.to)} `}
          {clock(span.to)}
        </Text>
        <Group gap={4}>
          <Tool label="Earlier" icon={<IconChevronLeft size={18} />} onClick={() => onSpan(moved(span, -0.5))} />
          <Tool label="Show less time" icon={<IconZoomIn size={18} />} onClick={() => onSpan(zoomed(span, 0.5, middle))} />
          <Tool label="Show more time" icon={<IconZoomOut size={18} />} onClick={() => onSpan(zoomed(span, 2, middle))} />
          <Tool label="Later" icon={<IconChevronRight size={18} />} onClick={() => onSpan(moved(span, 0.5))} />
        </Group>
      </Group>
      <div ref={width}>
        <div className={classes.marks}>
          {marks.data?.marks.map((mark) => (
            <Tooltip key={`${mark.at} ${mark.topic} ${mark.text}`} label={`${clock(Date.parse(mark.at), true)} ${topicWords(mark.topic)}: ${mark.text}`}>
              <button
                type="button"
                className={classes.mark}
                style={{ left: `${place(Date.parse(mark.at), span)}%` }}
                aria-label={`${topicWords(mark.topic)} at ${clock(Date.parse(mark.at))}`}
                onClick={() => {
                  const row = rows.find(({ start, stop }) => Date.parse(start) <= Date.parse(mark.at) && Date.parse(mark.at) <= Date.parse(stop));
                  if (row) onPlay(row, Date.parse(mark.at));
                }}
              >
                <IconFlag2Filled size={12} />
              </button>
            </Tooltip>
          ))}
        </div>
        {views.map((index) => (
          <div key={index}>
            <Text size="xs" c="dimmed">
              {name(index)}
            </Text>
            <div className={classes.track}>
              {rows
                .filter((row) => row.view === index)
                .map((row) => {
                  const [left, right] = [Math.max(0, place(Date.parse(row.start), span)), Math.min(100, place(Date.parse(row.stop), span))];
                  return (
                    <button
                      key={row.id}
                      type="button"
                      className={classes.bar}
                      data-running={row.running || undefined}
                      style={{ left: `${left}%`, width: `${Math.max(0, right - left)}%` }}
                      aria-label={`${name(index)}, ${day(Date.parse(row.start))} ${clock(Date.parse(row.start))} to ${clock(Date.parse(row.stop))}`}
                      onPointerMove={(event) => setHover(pointed(event, row))}
                      onPointerLeave={() => setHover(null)}
                      onClick={(event) => onPlay(row, event.detail === 0 ? Math.max(Date.parse(row.start), span.from) : (hover?.at ?? Date.parse(row.start)))}
                    />
                  );
                })}
            </div>
          </div>
        ))}
        {views.length === 0 && (
          <Text size="sm" c="dimmed" py="xs">
            Nothing was recorded in this time.
          </Text>
        )}
        <div className={classes.scale}>
          {ticks(span, Math.max(2, Math.floor(pixels / 80))).filter(clear).map((at) => (
            <span key={at} style={{ left: `${place(at, span)}%` }}>
              {label(at, span)}
            </span>
          ))}
        </div>
      </div>
      {hover && <Card hover={hover} />}
    </Stack>
  );
}

/** The picture of the moment under the pointer; asked for when the pointer has come to rest. */
function Card({ hover }: { hover: Hover }) {
  const [shown, setShown] = useState<string | null>(null);
  const wanted = stillOf(hover.row.id, new Date(Math.round(hover.at / 1000) * 1000).toISOString(), 180);
  useEffect(() => {
    const timer = window.setTimeout(() => setShown(wanted), STILL_EVERY_MS);
    return () => window.clearTimeout(timer);
  }, [wanted]);
  const x = Math.min(Math.max(hover.x, 96), window.innerWidth - 96);
  return (
    <Paper className={classes.card} withBorder shadow="md" p={4} style={{ left: x, top: hover.y }}>
      {shown && <Still src={shown} alt="" style={{ aspectRatio: `${hover.row.width} / ${hover.row.height}` }} />}
      <Text size="xs" ta="center">
        {clock(hover.at)}
      </Text>
    </Paper>
  );
}
