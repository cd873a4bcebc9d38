import { type KeyboardEvent, type MouseEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from "react";

import type { Axis, Pose, View } from "../api";
import { areaInQuad, type Command, drag, type Field, FIRST_AREA_VIEW, held, key, type Move, pinch, type Point, QUAD_VIEW, wheel, whyHeld, without } from "./steering";

interface Options {
  /** The element that the picture fills exactly. */
  stage: RefObject<HTMLDivElement | null>;
  view: number;
  views: View[];
  quadOrder: number[];
  allowed: boolean;
  send(message: object): void;
}

const DEFAULT_POSE = { hfov: 90, tilt: 0 };

/** Hands on the picture: which area they steer, and what they tell the camera. */
export function useSteering({ stage, view, views, quadOrder, allowed, send }: Options) {
  const poses = useRef(new Map<number, Pose>());
  const fingers = useRef(new Map<number, Point>());
  const grabbed = useRef<number | null>(null);
  const [inQuad, setInQuad] = useState(FIRST_AREA_VIEW);

  useEffect(() => {
    for (const each of views) if (each.pose) poses.current.set(each.index, each.pose);
  }, [views]);

  const quad = view === QUAD_VIEW;
  const moves = (index: number) => allowed && views.some((each) => each.index === index && each.ptz);
  /** The area that keys and the pad steer; null where nothing moves. */
  const active = [quad ? inQuad : view].find(moves) ?? null;

  const viewOf = (area: number | null) => views.find((each) => each.index === area);
  const heldIn = (area: number): readonly Axis[] => viewOf(area)?.held ?? [];
  /** Ask for what hands may do of it. */
  const turn = (move: Move) => {
    const left = without(move, heldIn(move.view));
    if (left) send(left);
  };

  const place = (event: { clientX: number; clientY: number }): Point => {
    const box = stage.current?.getBoundingClientRect();
    return box ? { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height } : { x: 0.5, y: 0.5 };
  };

  const areaAt = ({ x, y }: Point): number | null => [quad ? areaInQuad(quadOrder, x, y) : view].find(moves) ?? null;

  /** A point of the whole picture as a point of the area that it lies in. */
  const within = ({ x, y }: Point): Point => (quad ? { x: (x * 2) % 1, y: (y * 2) % 1 } : { x, y });

  const field = (area: number): Field => {
    const box = stage.current?.getBoundingClientRect();
    const half = quad ? 2 : 1;
    const { hfov, tilt } = poses.current.get(area) ?? DEFAULT_POSE;
    return { hfov, tilt, width: (box?.width ?? 1) / half, height: (box?.height ?? 1) / half };
  };

  const down = (event: PointerEvent<HTMLElement>) => {
    const area = areaAt(place(event));
    if (area === null || event.button !== 0) return;
    if (quad) setInQuad(area);
    grabbed.current ??= area;
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    event.currentTarget.setPointerCapture(event.pointerId);
  };

  const move = (event: PointerEvent<HTMLElement>) => {
    const before = fingers.current.get(event.pointerId);
    const area = grabbed.current;
    if (!before || area === null) {
      const under = quad && event.pointerType === "mouse" ? areaAt(place(event)) : null;
      if (under !== null) setInQuad(under);
      return;
    }
    const now = { x: event.clientX, y: event.clientY };
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    fingers.current.set(event.pointerId, now);
    if (!other) turn(drag(area, field(area), now.x - before.x, now.y - before.y));
    else turn(pinch(area, field(area), [inArea(area, before), inArea(area, other)], [inArea(area, now), inArea(area, other)]));
  };

  /** A point of the screen in CSS pixels from the area's own corner. */
  const inArea = (area: number, point: Point): Point => {
    const box = stage.current?.getBoundingClientRect();
    if (!box) return point;
    const tile = quad ? quadOrder.indexOf(area - FIRST_AREA_VIEW + 1) : 0;
    return { x: point.x - box.left - (tile % 2) * (box.width / 2), y: point.y - box.top - (tile > 1 ? box.height / 2 : 0) };
  };

  const up = (event: PointerEvent<HTMLElement>) => {
    fingers.current.delete(event.pointerId);
    if (fingers.current.size === 0) grabbed.current = null;
  };

  const doubleClick = (event: MouseEvent<HTMLElement>) => {
    const at = place(event);
    const area = areaAt(at);
    const box = stage.current?.getBoundingClientRect();
    const stuck = area !== null && ["pan", "tilt"].every((axis) => heldIn(area).includes(axis as Axis));
    if (area !== null && box && !stuck) send({ type: "center", view: area, ...within(at), aspect: box.width / box.height });
  };

  /** The area that a held key or button moves. */
  const driven = useRef<number | null>(null);
  const drive = (name: string | null) => {
    const going = driven.current;
    driven.current = null;
    if (name === null) {
      if (going !== null) send({ type: "drive", view: going });
      return;
    }
    const wish = active === null ? null : held(active, name);
    const command = wish && without(wish, heldIn(wish.view));
    if (!command) return;
    driven.current = command.view;
    send(command);
  };

  const press = (event: KeyboardEvent<HTMLElement>) => {
    const command = active === null ? null : key(active, field(active), event.key);
    if (!command) return;
    event.preventDefault();
    if (command.type === "home") send(command);
    else if (!event.repeat) turn(command);
    else if (driven.current === null) drive(event.key);
  };
  const letGo = () => drive(null);

  // React's own wheel listener is passive, and this one must keep the page from scrolling.
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const roll = (event: WheelEvent) => {
      const at = place(event);
      const area = areaAt(at);
      if (area === null) return;
      event.preventDefault();
      const { x, y } = within(at);
      turn(wheel(area, field(area), event.deltaY, x, y));
    };
    element.addEventListener("wheel", roll, { passive: false });
    return () => element.removeEventListener("wheel", roll);
  });

  return {
    active,
    /** Where the active area stands in the quad view, 0..3; null in other views. */
    activeTile: quad && active !== null ? quadOrder.indexOf(active - FIRST_AREA_VIEW + 1) : null,
    notePose: (pose: Pose) => void poses.current.set(pose.view, pose),
    pose: (area: number) => poses.current.get(area) ?? null,
    /** Carry out a key's command on the active area. */
    steer: (name: string) => {
      const command: Command | null = active === null ? null : key(active, field(active), name);
      if (command?.type === "home") send(command);
      else if (command) turn(command);
    },
    drive,
    /** Axes of the active area that hands do not move, and why. */
    held: active === null ? [] : heldIn(active),
    why: active === null ? "" : whyHeld(viewOf(active)?.name ?? "this area", heldIn(active)),
    hands: {
      onPointerDown: down,
      onPointerMove: move,
      onPointerUp: up,
      onPointerCancel: up,
      onDoubleClick: doubleClick,
      onKeyDown: press,
      onKeyUp: letGo,
      onBlur: letGo,
    },
  };
}
