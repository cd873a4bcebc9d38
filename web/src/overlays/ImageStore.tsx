import { ActionIcon, Alert, Button, FileButton, Group, Image, Paper, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconPhotoUp, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type DragEvent, useState } from "react";

import { saying } from "../api";
import { overlays, type StoredImage, thumbnail } from "./calls";
import styles from "./ImageStore.module.css";

const ACCEPTED = "image/png,image/jpeg,image/bmp,image/svg+xml";

/** The images that overlays can show: upload by choice or by dropping files here, look, delete. */
export function ImageStore() {
  const client = useQueryClient();
  const store = useQuery({ queryKey: ["overlay-images"], queryFn: overlays.images });
  const [scalable, setScalable] = useState(true);
  const [color, setColor] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);

  const refresh = () => client.invalidateQueries({ queryKey: ["overlay-images"] });
  const attempt = async (work: () => Promise<unknown>) => {
    setProblem(null);
    setBusy(true);
    try {
      await work();
    } catch (error) {
      setProblem(saying(error));
    }
    setBusy(false);
    await refresh();
  };
  const upload = (files: File[]) =>
    attempt(async () => {
      for (const file of files) {
        const largest = store.data?.largest_bytes ?? Infinity;
        if (file.size > largest) throw new Error(`${file.name} is too large: up to ${largest / 1024 / 1024} MB are accepted`);
        await overlays.upload({ name: file.name, data: await base64(file), scalable, transparent_color: color.trim() });
      }
    });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void upload([...event.dataTransfer.files]);
  };

  return (
    <Stack>
      <div
        className={`${styles["drop"]} ${over ? styles["over"] : ""}`}
        data-testid="drop"
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Stack align="center" gap="xs">
          <IconPhotoUp size={32} stroke={1.5} aria-hidden />
          <Text size="sm" ta="center">
            Drop PNG, JPEG, BMP or SVG files here
          </Text>
          <FileButton accept={ACCEPTED} multiple onChange={(files) => files.length > 0 && void upload(files)}>
            {(props) => (
              <Button {...props} size="sm" loading={busy}>
                Choose files to upload
              </Button>
            )}
          </FileButton>
        </Stack>
      </div>
      <Group align="end">
        <Switch label="Scale with the resolution" checked={scalable} onChange={(event) => setScalable(event.currentTarget.checked)} />
        <TextInput
          size="xs"
          w={190}
          label="Make a colour transparent"
          placeholder="RRGGBB, such as ff00ff"
          value={color}
          onChange={(event) => setColor(event.currentTarget.value)}
        />
      </Group>
      {problem && (
        <Alert color="red" role="alert">
          {problem}
        </Alert>
      )}
      {store.data?.images.map((image) => (
        <Stored key={image.name} image={image} onRemove={() => void attempt(() => overlays.removeImage(image.name))} />
      ))}
      {store.data?.images.length === 0 && (
        <Text size="sm" c="dimmed">
          There are no images yet.
        </Text>
      )}
    </Stack>
  );
}

function Stored({ image, onRemove }: { image: StoredImage; onRemove(): void }) {
  const name = image.name.replace(/\.ovl$/, "");
  return (
    <Paper withBorder p="xs">
      <Group wrap="nowrap">
        <div className={styles["checkered"]}>
          <Image src={thumbnail(image.name)} alt="" fit="contain" w={88} h={56} />
        </div>
        <div style={{ flex: 1, minWidth: 0 }}>
          <Text size="sm" fw={600} truncate>
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {Math.round(image.width)} × {Math.round(image.height)} {image.kind === "svg" ? "drawing" : "pixels"}
            {image.scalable ? ", scales with the resolution" : ""}
          </Text>
        </div>
        <ActionIcon variant="subtle" color="red" aria-label={`Delete ${name}`} onClick={onRemove}>
          <IconTrash size={18} />
        </ActionIcon>
      </Group>
    </Paper>
  );
}

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(new Error(`${file.name} cannot be read`));
    reader.readAsDataURL(file);
  });
}
