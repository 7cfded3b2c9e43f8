/**
 * Databases as their owners hand them out: folders and workbooks with all their variants and slips.
 *
 * @module
 */
export * from "./database_name.ts";
export * from "./read_database.ts";
