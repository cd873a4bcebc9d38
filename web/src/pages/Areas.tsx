import { SegmentedControl, Stack } from "@mantine/core";
import { useState } from "react";

import { HomePose } from "../areas/HomePose";
import { ViewList } from "../areas/ViewList";
import { LivePanel } from "../live/LivePanel";
import { FIRST_AREA_VIEW } from "../live/steering";
import { useViews } from "../live/useCamera";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { SideBySide } from "../parts/SideBySide";
import { useSettings } from "../settings/useSettings";

const AREAS = [0, 1, 2, 3].map((number) => FIRST_AREA_VIEW + number);

/** Names of the views, and where the view areas are at home. */
export function Areas() {
  const { access, problem } = useSettings();
  const { views, problem: trouble } = useViews();
  const [index, setIndex] = useState(FIRST_AREA_VIEW);
  const view = views.find((each) => each.index === index);
  if (!access || !view) return <Loading problem={problem ?? trouble} />;
  return (
    <Stack>
      <PageTitle title="Views and view areas">View areas can be moved. Each has a home position, to which it goes at every start.</PageTitle>
      <SideBySide
        form={
          <Stack>
            <SegmentedControl
              fullWidth
              aria-label="View area"
              data={AREAS.map((area, number) => ({ value: String(area), label: `Area ${number + 1}` }))}
              value={String(index)}
              onChange={(value) => setIndex(Number(value))}
            />
            <HomePose key={index} view={view} access={access} />
            <ViewList views={views} access={access} />
          </Stack>
        }
        picture={<LivePanel view={index} steer />}
      />
    </Stack>
  );
}
