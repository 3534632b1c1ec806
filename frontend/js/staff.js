// The desk: a table that sorts.
import { SortableTable } from "@ministryofjustice/frontend/moj/components/sortable-table/sortable-table.mjs";
import { createAll } from "govuk-frontend";

createAll(SortableTable);
