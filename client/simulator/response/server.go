package response

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// preferences is the state of a user's web console, which GET /api/info gives along with the server's own data.
//
//go:embed preferences.json
var preferences []byte

// defaultLicense is the request block of a server that was never licensed.
const defaultLicense = "-----BEGIN CB LICENSE REQUEST-----\nc2ltdWxhdGVkIHNlcnZlcg==\n-----END CB LICENSE REQUEST-----\n"

func (p *Product) serverRoutes() []route.Route {
	return []route.Route{
		{Method: http.MethodGet, Path: "/api/info", Handle: p.info},
		{Method: http.MethodGet, Path: "/api/license", Handle: p.getLicense},
		{Method: http.MethodGet, Path: "/api/v1/license", Handle: p.getLicense},
		{Method: http.MethodPost, Path: "/api/license", Handle: p.setLicense},
		{Method: http.MethodGet, Path: "/api/auth", Handle: p.auth, Public: true},
	}
}

// info describes the server.
//
// Source: contract/samples/info.json, recorded from 6.2.
func (p *Product) info(*route.Call) route.Reply {
	v := p.version
	release := strings.Join(append(strings.SplitN(v.text, ".", 4), "0", "0")[:3], ".") + "-1"
	doc := map[string]any{
		"user_preferences":        json.RawMessage(preferences),
		"binaryPageSize":          10,
		"maxSearchResultRows":     1000,
		"binaryOrder":             "",
		"liveResponseAutoAttach":  true,
		"timestampDeltaThreshold": 5,
		"linuxInstallerExists":    true,
		"maxRowsSolrReportQuery":  maxRows,
		"osxInstallerExists":      true,
		"version_release":         release,
		"version":                 v.text,
		"banningEnabled":          true,
		"cblrEnabled":             true,
		"processOrder":            "",
		"processPageSize":         10,
		"vdiGloballyEnabled":      false,
		"searchExportCount":       1000,
		"cloud_install":           false,
	}
	if v.segmented() {
		doc["features"] = map[string]bool{
			"immutable_documents": true, "event_exclusions": false, "thirdparty_sharing": false, "ipv6_support": v.atLeast(6, 2),
		}
	}
	return route.JSON(doc)
}

func (p *Product) getLicense(*route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	return route.JSON(map[string]any{
		"license_request_block":           p.license,
		"license_valid":                   true,
		"license_expired":                 false,
		"license_end_date":                "2017-12-31 00:00:00",
		"server_id":                       "brightwater-simulated",
		"licensed_sensor_count":           100,
		"licensed_sensor_count_exceeded":  false,
		"licensed_sensor_count_warning":   false,
		"actual_sensor_count":             len(p.story.Endpoints),
		"actual_sensor_count_last_update": p.story.Now.Format("2006-01-02 15:04:05"),
	})
}

// setLicense accepts any block that is not empty, since nobody can sign one for a simulator.
func (p *Product) setLicense(c *route.Call) route.Reply {
	var body struct {
		License string `json:"license"`
	}
	if err := json.Unmarshal(c.Body, &body); err != nil {
		return route.BadRequest("The body is not a JSON object with a license.")
	}
	if strings.TrimSpace(body.License) == "" {
		return route.JSON(map[string]string{"status": "failure", "message": "The license is empty."})
	}
	return route.JSON(map[string]string{"status": "success"})
}
