import { Alert, Button, NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";

import { api, saying, type StreamProfile, type View } from "../api";

const CODECS = [
  { value: "h264", label: "H.264" },
  { value: "h265", label: "H.265" },
  { value: "av1", label: "AV1" },
  { value: "jpeg", label: "MJPEG" },
];

const STRENGTHS = ["off", "10", "20", "30", "40", "50"].map((value, at) => ({ value, label: ["Off", "Low", "Medium", "High", "Higher", "Extreme"][at] ?? value }));

/** One profile: the usual arguments as fields, all others as text. What is left empty follows the stream settings. */
export function ProfileForm({ profile, views, done }: { profile: StreamProfile | null; views: View[]; done(): void }) {
  const [name, setName] = useState(profile?.name ?? "");
  const [description, setDescription] = useState(profile?.description ?? "");
  const [given, setGiven] = useState(() => new URLSearchParams(profile?.parameters ?? ""));
  const [refusal, setRefusal] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);

  const put = (key: string, value: string | number | null) => {
    setGiven((now) => {
      const next = new URLSearchParams(now);
      if (value === null || value === "") next.delete(key);
      else next.set(key, String(value));
      return next;
    });
  };
  const camera = given.get("camera");
  const sizes = views.find((view) => String(view.camera) === camera)?.resolutions ?? [...new Set(views.flatMap(({ resolutions }) => resolutions))];
  const size = given.get("resolution");
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setSaving(true);
    setRefusal(null);
    try {
      await api.keepProfile(name.trim(), description, given.toString());
      done();
    } catch (error) {
      setRefusal(saying(error));
    } finally {
      setSaving(false);
    }
  };
  const number = (key: string) => {
    const text = given.get(key);
    return text && Number.isFinite(Number(text)) ? Number(text) : "";
  };
  return (
    <form onSubmit={(event) => void save(event)}>
      <Stack>
        <TextInput label="Name" required maxLength={64} disabled={profile !== null} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
        <TextInput label="Description" maxLength={256} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
        <Text size="sm" c="dimmed">
          What is left empty follows the stream settings, or what a client asks for.
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select
            label="View"
            clearable
            placeholder="any"
            data={views.map((view) => ({ value: String(view.camera), label: view.name }))}
            value={camera}
            onChange={(value) => put("camera", value)}
          />
          <Select label="Codec" clearable placeholder="any" data={CODECS} value={given.get("videocodec")} onChange={(value) => put("videocodec", value)} />
          <Select
            label="Resolution"
            clearable
            searchable
            placeholder="any"
            data={size && !sizes.includes(size) ? [size, ...sizes] : sizes}
            value={size}
            onChange={(value) => put("resolution", value)}
          />
          <NumberInput label="Frame rate" placeholder="any" min={0} max={120} suffix=" fps" value={number("fps")} onChange={(value) => put("fps", value)} />
          <Select label="Zipstream" clearable placeholder="any" data={STRENGTHS} value={given.get("videozstrength")} onChange={(value) => put("videozstrength", value)} />
          <NumberInput label="Compression" placeholder="any" min={0} max={100} value={number("compression")} onChange={(value) => put("compression", value)} />
        </SimpleGrid>
        <TextInput
          label="All arguments"
          description="As in a stream's address; here is room for every other argument."
          maxLength={1024}
          value={given.toString()}
          onChange={(event) => setGiven(new URLSearchParams(event.currentTarget.value))}
        />
        {refusal && <Alert color="red">{refusal}</Alert>}
        <Button type="submit" loading={saving} disabled={!name.trim()}>
          Save
        </Button>
      </Stack>
    </form>
  );
}
