import { Alert, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";

import { api, type Lens, type SettingValue } from "../api";
import { LivePanel } from "../live/LivePanel";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { RestartNote } from "../parts/RestartNote";
import { SideBySide } from "../parts/SideBySide";
import { Field } from "../settings/Field";
import { SaveButtons } from "../settings/SaveButtons";
import { type Edits, useEdits } from "../settings/useEdits";
import { type SettingsAccess, useSettings } from "../settings/useSettings";
import type { Circle } from "../source/circle";
import { CircleFields } from "../source/CircleFields";
import { CircleOverlay } from "../source/CircleOverlay";
import { LensChoice } from "../source/LensChoice";

/** Where the fisheye picture comes from, and the lens that made it. */
export function Source() {
  const { access, problem } = useSettings();
  if (!access) return <Loading problem={problem} />;
  return <SourcePage access={access} />;
}

function SourcePage({ access }: { access: SettingsAccess }) {
  const rows = (access.sections.find(({ name }) => name === "source")?.rows ?? []).filter(({ path }) => path in access.values);
  const edits = useEdits(access, rows);
  const lens = useQuery({ queryKey: ["lens"], queryFn: api.lens, retry: false, refetchInterval: 10_000 });
  const circle = circleOf(edits.value("source.circle"));
  return (
    <Stack>
      <PageTitle title="Source and lens">What the camera looks through. The picture shows what is in use now; the yellow circle is the one being edited.</PageTitle>
      <RestartNote access={access} section="source" />
      <SideBySide
        form={<SourceForm access={access} edits={edits} lens={lens.data ?? null} circle={circle} />}
        picture={
          <LivePanel view={0}>
            {lens.data && circle && <CircleOverlay wanted={circle} used={lens.data.circle} roll={Number(access.values["installation.roll"] ?? 0)} />}
          </LivePanel>
        }
      />
    </Stack>
  );
}

interface FormProps {
  access: SettingsAccess;
  edits: Edits;
  lens: Lens | null;
  circle: Circle | null;
}

function SourceForm({ access, edits, lens, circle }: FormProps) {
  const field = (path: string) => ({
    value: edits.value(path),
    error: edits.error(path),
    disabled: !access.mayWrite(path),
    onChange: (value: SettingValue) => edits.set(path, value),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void edits.save();
  };
  const simple = (path: string) => {
    const row = access.row(path);
    return row && path in access.values && <Field row={row} {...field(path)} />;
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {!access.mayWrite("source.uri") && <Alert color="gray">Only an administrator may change the source.</Alert>}
        {simple("source.uri")}
        {simple("source.username")}
        {simple("source.password")}
        <LensChoice {...field("source.lens")} restart={access.row("source.lens")?.restart ?? false} />
        {simple("source.fov")}
        <CircleFields
          {...field("source.circle")}
          value={circle}
          used={lens?.circle ?? null}
          onChange={(next) => edits.set("source.circle", next && [next.cx, next.cy, next.radius])}
        />
        {lens && (
          <Text size="sm" c="dimmed">
            In use now: {lens.model}, {lens.fov}°, circle of {lens.circle.radius.toFixed(0)} px about ({lens.circle.cx.toFixed(0)},{" "}
            {lens.circle.cy.toFixed(0)}) in a picture of {lens.width} × {lens.height}.
          </Text>
        )}
        <SaveButtons edits={edits} />
      </Stack>
    </form>
  );
}

function circleOf(value: SettingValue): Circle | null {
  if (!Array.isArray(value)) return null;
  const [cx, cy, radius] = value.map(Number);
  return cx === undefined || cy === undefined || radius === undefined ? null : { cx, cy, radius };
}
