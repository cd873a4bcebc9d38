import { Alert, List, Spoiler, Text } from "@mantine/core";

/** Which card to buy and how to treat it: what wears it, and what it must keep up with. */
export function CardAdvice() {
  return (
    <Alert color="gray" title="Choosing a card">
      <Spoiler maxHeight={50} showLabel="More" hideLabel="Less">
        <Text size="sm">Recording all the time wears a card out like nothing else. A card that was made for it lasts years, an ordinary one months.</Text>
        <List size="sm" mt={6} spacing={4}>
          <List.Item>
            Take a card sold as <b>high endurance</b> or for surveillance. Its data sheet names the hours of recording, or the terabytes, that may be written to it.
          </List.Item>
          <List.Item>
            <b>A larger card lasts longer</b>: the same recordings are spread over more cells. microSD, microSDHC and microSDXC of any size serve; a limit can be set below.
          </List.Item>
          <List.Item>
            <b>Speed class V10 or U1 is enough</b>. All streams together write their bitrate: 8 Mbit/s are 1 MB a second, or 86 GB a day. A card that falls behind loses pictures, and this page counts them.
          </List.Item>
          <List.Item>
            Use <b>ext4</b> where you can: it survives a power cut better than FAT or exFAT.
          </List.Item>
          <List.Item>
            <b>Unmount it before you take it out.</b> When it is torn out while it is written, its last second may be missing; what was recorded before stays, and is put in order when it is back.
          </List.Item>
          <List.Item>Record on events instead of all the time, or at a lower bitrate, where that is enough: both make it last longer in proportion.</List.Item>
        </List>
      </Spoiler>
    </Alert>
  );
}
