export { Parser } from 'acorn';
export { tsPlugin } from '@sveltejs/acorn-typescript';
