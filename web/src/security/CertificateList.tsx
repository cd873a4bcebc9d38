import { ActionIcon, Badge, Button, Card, Group, Menu, Modal, Stack, Table, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDots, IconPlus } from "@tabler/icons-react";
import { useState } from "react";

import { saying } from "../api";
import { type Authority, type Certificate, type Certificates, authorityAddress, pemAddress, requestAddress, security } from "./calls";
import { CertificateDetails } from "./CertificateDetails";
import { AnswerForm, AuthorityForm, MakeForm, UploadForm } from "./CertificateForms";
import { commonName, day, vouchedBy } from "./words";

type Open =
  | { what: "self-signed" | "request" | "upload" | "authority" }
  | { what: "answer" | "details" | "remove"; certificate: Certificate }
  | { what: "authority details" | "authority remove"; authority: Authority };

const TITLES: Record<Open["what"], string> = {
  "self-signed": "New self-signed certificate",
  request: "New signing request",
  upload: "Upload a certificate",
  authority: "Upload a CA certificate",
  answer: "Upload the signed answer",
  details: "Certificate",
  remove: "Delete the certificate?",
  "authority details": "CA certificate",
  "authority remove": "Delete the CA certificate?",
};

/** All certificates, and what can be done with them. */
export function CertificateList({ data, refresh }: { data: Certificates; refresh(): Promise<unknown> }) {
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const done = () => {
    close();
    void refresh();
  };
  const remove = async (send: Promise<void>) => {
    close();
    await send.catch((error: unknown) => notifications.show({ message: saying(error), color: "red" }));
    await refresh();
  };
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          Certificates
        </Title>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button leftSection={<IconPlus size={18} />}>Add certificate</Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setOpen({ what: "self-signed" })}>Make a self-signed one</Menu.Item>
            <Menu.Item onClick={() => setOpen({ what: "request" })}>Make a signing request</Menu.Item>
            <Menu.Item onClick={() => setOpen({ what: "upload" })}>Upload one with its key</Menu.Item>
            <Menu.Item onClick={() => setOpen({ what: "authority" })}>Upload a CA certificate</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Issued to</Table.Th>
              <Table.Th>Vouched for by</Table.Th>
              <Table.Th>Valid until</Table.Th>
              <Table.Th aria-label="More" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.certificates.map((each) => (
              <CertificateRow key={each.name} certificate={each} onOpen={setOpen} />
            ))}
            {data.authorities.map((each) => (
              <AuthorityRow key={`ca ${each.name}`} authority={each} onOpen={setOpen} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Modal opened={open !== null} onClose={close} title={open && TITLES[open.what]} size={open?.what.includes("details") ? "lg" : "md"}>
        {open && <Inside open={open} done={done} close={close} remove={(send) => void remove(send)} />}
      </Modal>
    </Card>
  );
}

function Inside({ open, done, close, remove }: { open: Open; done(): void; close(): void; remove(send: Promise<void>): void }) {
  switch (open.what) {
    case "self-signed":
    case "request":
      return <MakeForm request={open.what === "request"} done={done} />;
    case "upload":
      return <UploadForm done={done} />;
    case "authority":
      return <AuthorityForm done={done} />;
    case "answer":
      return <AnswerForm name={open.certificate.name} done={done} />;
    case "details":
      return open.certificate.facts && <CertificateDetails facts={open.certificate.facts} chain={open.certificate.chain} download={pemAddress(open.certificate.name)} />;
    case "authority details":
      return <CertificateDetails facts={open.authority.facts} download={authorityAddress(open.authority.name)} />;
    case "remove":
      return (
        <Sure onNo={close} onYes={() => remove(security.remove(open.certificate.name))}>
          {open.certificate.name} and its private key are gone for good.
        </Sure>
      );
    case "authority remove":
      return (
        <Sure onNo={close} onYes={() => remove(security.removeAuthority(open.authority.name))}>
          {open.authority.name} is forgotten; certificates that it signed are sent without it.
        </Sure>
      );
  }
}

function Sure({ children, onYes, onNo }: { children: React.ReactNode; onYes(): void; onNo(): void }) {
  return (
    <Stack>
      <Text size="sm">{children}</Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onNo}>
          Keep
        </Button>
        <Button color="red" onClick={onYes}>
          Delete
        </Button>
      </Group>
    </Stack>
  );
}

function CertificateRow({ certificate, onOpen }: { certificate: Certificate; onOpen(open: Open): void }) {
  const { name, facts, own, used_by } = certificate;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={6}>
          <Text fw={600} size="sm" style={{ overflowWrap: "anywhere" }}>
            {name}
          </Text>
          {used_by.map((service) => (
            <Badge key={service} size="xs">
              {service}
            </Badge>
          ))}
        </Group>
      </Table.Td>
      <Table.Td>{facts ? commonName(facts.subject) : "–"}</Table.Td>
      <Table.Td>{vouchedBy(certificate)}</Table.Td>
      <Table.Td>{facts ? <Until time={facts.not_after} trouble={facts.trouble} /> : "–"}</Table.Td>
      <Table.Td>
        <More name={name}>
          {facts && <Menu.Item onClick={() => onOpen({ what: "details", certificate })}>Details</Menu.Item>}
          {facts && (
            <Menu.Item component="a" href={pemAddress(name)} download>
              Download as PEM
            </Menu.Item>
          )}
          {!facts && (
            <Menu.Item component="a" href={requestAddress(name)} download>
              Download the request
            </Menu.Item>
          )}
          {!own && <Menu.Item onClick={() => onOpen({ what: "answer", certificate })}>{facts ? "Upload a renewed one" : "Upload the signed answer"}</Menu.Item>}
          {!own && (
            <Menu.Item color="red" disabled={used_by.length > 0} onClick={() => onOpen({ what: "remove", certificate })}>
              {used_by.length > 0 ? "In use, cannot be deleted" : "Delete"}
            </Menu.Item>
          )}
        </More>
      </Table.Td>
    </Table.Tr>
  );
}

function AuthorityRow({ authority, onOpen }: { authority: Authority; onOpen(open: Open): void }) {
  const { name, facts } = authority;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={6}>
          <Text fw={600} size="sm" style={{ overflowWrap: "anywhere" }}>
            {name}
          </Text>
          <Badge size="xs" variant="light" color="gray">
            CA
          </Badge>
        </Group>
      </Table.Td>
      <Table.Td>{commonName(facts.subject)}</Table.Td>
      <Table.Td>{facts.self_signed ? "itself" : commonName(facts.issuer)}</Table.Td>
      <Table.Td>
        <Until time={facts.not_after} trouble={facts.trouble} />
      </Table.Td>
      <Table.Td>
        <More name={name}>
          <Menu.Item onClick={() => onOpen({ what: "authority details", authority })}>Details</Menu.Item>
          <Menu.Item color="red" onClick={() => onOpen({ what: "authority remove", authority })}>
            Delete
          </Menu.Item>
        </More>
      </Table.Td>
    </Table.Tr>
  );
}

function Until({ time, trouble }: { time: string; trouble: string }) {
  return (
    <>
      {day(time)}
      {trouble && (
        <Text size="xs" c="red">
          {trouble}
        </Text>
      )}
    </>
  );
}

function More({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`More about ${name}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
