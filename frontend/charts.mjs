// The part of ECharts that pages use: bar, line, custom series and maps, drawn as SVG.
export { init, use, registerMap } from "echarts/core";
import { use } from "echarts/core";
import { BarChart, CustomChart, LineChart, MapChart } from "echarts/charts";
import {
  AriaComponent,
  GeoComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, MapChart, SVGRenderer]);
use([AriaComponent, GeoComponent, GridComponent, MarkLineComponent, TooltipComponent]);
use([VisualMapComponent]);
