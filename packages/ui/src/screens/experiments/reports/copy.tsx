import { type ReportCopy, type FrozenReport, exportReportCopy, getReportCopy } from '@millwright/contract';
import { Download, Printer } from 'lucide-react';
import { client } from '../../../api/client.ts';
import { useRead } from '../../../api/queries.ts';
import { useParam, useProject } from '../../../app/location.ts';
import { buttonClass, IconButton } from '../../../ui/button.tsx';
import { LoadedPage } from '../../../ui/loaded.tsx';
import { Document, FrozenBlocks } from './document.tsx';
import { FrozenFacts } from './frozen-facts.tsx';
import { ReportTrail } from './report-trail.tsx';

const CopyPage = ({ copy }: { copy: ReportCopy & { content: FrozenReport } }) => {
  const project = useProject();
  return (
    <>
      <div data-print="never" className="mb-4 flex flex-wrap items-center gap-2">
        <ReportTrail report={{ id: copy.reportId, title: copy.title }} last="Frozen copy" />
        <div className="flex flex-1 justify-end gap-2">
          <IconButton
            label="Print, or keep as PDF"
            icon={<Printer aria-hidden size={15} />}
            onClick={() => window.print()}
          />
          <a
            className={buttonClass()}
            href={client.address(exportReportCopy, { params: { project, report: copy.reportId, copy: copy.id } })}
            download
          >
            <Download aria-hidden size={14} />
            Download
          </a>
        </div>
      </div>
      <Document title={copy.title} facts={<FrozenFacts content={copy.content} digest={copy.digest} />}>
        <FrozenBlocks content={copy.content} linked />
      </Document>
    </>
  );
};

const CopyScreen = () => {
  const params = { project: useProject(), report: useParam('report'), copy: useParam('copy') };
  const copy = useRead(getReportCopy, { params });
  return <LoadedPage query={copy}>{(data) => <CopyPage copy={data} />}</LoadedPage>;
};
export default CopyScreen;
