export type LineageTables = {
  lineage_edges: {
    project: string;
    from_type: string;
    from_id: string;
    to_type: string;
    to_id: string;
    kind: string;
    at: number;
  };
};
