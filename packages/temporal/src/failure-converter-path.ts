/** File of the failure converter, to be named as `failureConverterPath`. */
export const FAILURE_CONVERTER_PATH: string = require.resolve('./failure-converter');
