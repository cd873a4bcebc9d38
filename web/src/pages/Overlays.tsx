import { Button, Divider, Group, Menu, Modal, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconActivityHeartbeat, IconArrowBackUp, IconPhoto, IconPlus, IconTypography } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { comfortable } from "../live/fit";
import { LivePanel } from "../live/LivePanel";
import { FIRST_AREA_VIEW } from "../live/steering";
import { useViews } from "../live/useCamera";
import { type Fields, type Kind, overlays } from "../overlays/calls";
import { ImageStore } from "../overlays/ImageStore";
import { Outlines } from "../overlays/Outlines";
import { OverlayForm } from "../overlays/OverlayForm";
import { OverlayList } from "../overlays/OverlayList";
import { useOverlays } from "../overlays/useOverlays";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { SideBySide } from "../parts/SideBySide";

const OUTLINE_PIXELS = 400_000;

/** What lies on top of the streams. Everything here acts at once, beside the live picture. */
export function Overlays() {
  const { views, problem } = useViews();
  const [index, setIndex] = useState(FIRST_AREA_VIEW);
  const editor = useOverlays();
  const [chosen, setChosen] = useState<number | null>(null);
  const [managing, { open: manage, close: managed }] = useDisclosure(false);
  const view = views.find((each) => each.index === index && each.available) ?? views.find((each) => each.available);
  if (!view) return <Loading problem={problem ?? editor.problem} />;
  const overlay = editor.items.find(({ identity }) => identity === chosen) ?? null;
  const resolution = comfortable(view.resolutions, OUTLINE_PIXELS);

  const add = async (wish: Fields & { kind: Kind }) => {
    const added = await editor.add(wish);
    if (added) setChosen(added.identity);
  };

  const form = (
    <Stack>
      <Group>
        <AddMenu onAdd={(wish) => void add(wish)} onManage={manage} />
        <Button variant="default" leftSection={<IconPhoto size={18} />} onClick={manage}>
          Manage images
        </Button>
        <Button variant="default" leftSection={<IconArrowBackUp size={18} />} disabled={!editor.mayUndo} onClick={editor.undo}>
          Undo
        </Button>
      </Group>
      <OverlayList
        items={editor.items}
        views={views}
        chosen={chosen}
        onChoose={setChosen}
        onShow={(item, visible) => {
          editor.set(item.identity, { visible });
          editor.done();
        }}
        onRemove={(item) => void editor.remove(item)}
      />
      {overlay && (
        <>
          <Divider />
          <OverlayForm key={overlay.identity} overlay={overlay} editor={editor} views={views} view={view.index} />
        </>
      )}
    </Stack>
  );

  return (
    <Stack>
      <PageTitle title="Overlays">Texts, images and a streaming indicator on top of the picture, in the live view, in streams and in still pictures.</PageTitle>
      <SideBySide
        form={form}
        picture={
          <LivePanel view={view.index} onView={setIndex}>
            {resolution && (
              <Outlines
                view={view.index}
                resolution={resolution}
                items={editor.items}
                chosen={chosen}
                onChoose={setChosen}
                onPlace={(identity, position) => editor.set(identity, { position })}
                onDone={editor.done}
              />
            )}
          </LivePanel>
        }
      />
      <Modal opened={managing} onClose={managed} title="Images" size="lg">
        <ImageStore />
      </Modal>
    </Stack>
  );
}

function AddMenu({ onAdd, onManage }: { onAdd(wish: Fields & { kind: Kind }): void; onManage(): void }) {
  const client = useQueryClient();
  const image = async () => {
    const { images } = await client.fetchQuery({ queryKey: ["overlay-images"], queryFn: overlays.images });
    const [first] = images;
    if (first) onAdd({ kind: "image", image: first.name, position: "bottomRight" });
    else onManage();
  };
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button leftSection={<IconPlus size={18} />}>Add overlay</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconTypography size={18} />} onClick={() => onAdd({ kind: "text", text: "%F %T" })}>
          Text
        </Menu.Item>
        <Menu.Item leftSection={<IconPhoto size={18} />} onClick={() => void image()}>
          Image
        </Menu.Item>
        <Menu.Item leftSection={<IconActivityHeartbeat size={18} />} onClick={() => onAdd({ kind: "indicator", position: "topRight" })}>
          Streaming indicator
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
