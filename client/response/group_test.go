package response_test

import (
	"context"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

func TestSensorGroup(t *testing.T) {
	group := `200 [{"id": 5, "name": "Servers", "site_id": 1, "banning_enabled": true}]`
	fields := map[string]any{"name": "Kiosks", "site_id": 1}
	run(t, []exchange{
		{name: "object: a list of one", answers: map[string][]string{"GET /api/group/5": {group}}, asked: []string{"GET /api/group/5"},
			do: wiretest.Selected(response.SensorGroup, 5, func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Read(ctx, o, "name", "site", "sensors", "team_access")
			}),
			want: map[string]any{"name": "Servers", "site": "Site 1", "sensors": `select(Sensor).where("groupid:5")`, "team_access": []any{}}},
		{name: "object: an empty list is not found", answers: map[string][]string{"GET /api/group/5": {"200 []"}}, asked: []string{"GET /api/group/5"},
			do:   wiretest.Selected(response.SensorGroup, 5, func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "name") }),
			kind: "ObjectNotFoundError"},
		{name: "new: POST answers an id", answers: map[string][]string{"POST /api/group": {`200 {"id": 5}`}, "GET /api/group/5": {group}},
			do: wiretest.Creating(response.SensorGroup, fields, "name"), want: map[string]any{"name": "Servers"},
			asked: []string{`POST /api/group {"name": "Kiosks", "site_id": 1}`, "GET /api/group/5"}},
		{name: "new: required fields before 7.0", do: wiretest.Creating(response.SensorGroup, map[string]any{"banning_enabled": true}), kind: "InvalidObjectError", text: "[name, site_id]"},
		{name: "new: required fields from 7.0 on", version: "7.0.1", do: wiretest.Creating(response.SensorGroup, map[string]any{"name": "x"}), kind: "InvalidObjectError", text: "[site_id, sensorbackend_server]"},
		{name: "7.x: the list", version: "7.1.0", answers: map[string][]string{"GET /api/v3/group": {group}}, asked: []string{"GET /api/v3/group"},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.SensorGroup), "name")
			}, want: []any{"Servers"}},
		{name: "7.x: fetch, change, delete", version: "7.1.0",
			answers: map[string][]string{"GET /api/v3/group/5": {`200 [{"id": 5, "name": "Servers", "site_id": 1, "sensorbackend_server": "https://cb"}]`},
				"PUT /api/v3/group/5": {`200 {"result": "success"}`}, "DELETE /api/v3/group/5": {"204"}},
			do: wiretest.Selected(response.SensorGroup, 5, func(ctx context.Context, o *client.Object) (any, error) {
				if err := o.Set(ctx, "name", "Kiosks"); err != nil {
					return nil, err
				}
				if err := o.Save(ctx); err != nil {
					return nil, err
				}
				return nil, o.Delete(ctx)
			}),
			asked: []string{"GET /api/v3/group/5", `PUT /api/v3/group/5 {"id": 5, "name": "Kiosks", "sensorbackend_server": "https://cb", "site_id": 1}`,
				"GET /api/v3/group/5", "DELETE /api/v3/group/5"}},
		{name: "7.x: delete before anything was asked", version: "7.1.0", answers: map[string][]string{"DELETE /api/v3/group/5": {"204"}},
			do:    wiretest.Selected(response.SensorGroup, 5, func(ctx context.Context, o *client.Object) (any, error) { return nil, o.Delete(ctx) }),
			asked: []string{"DELETE /api/v3/group/5"}},
		{name: "get_installer", answers: map[string][]string{"GET /api/v1/group/5/installer/windows/msi": {"200 PK"}}, asked: []string{"GET /api/v1/group/5/installer/windows/msi"},
			do: wiretest.Selected(response.SensorGroup, 5, func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Invoke(ctx, o, "get_installer", client.Args{"os": "windows/msi"})
			}), want: []byte("PK")},
		{name: "get_installer: a kind that there is not", kind: "ApiError", text: "windows/exe, windows/msi, osx, linux",
			do: wiretest.Selected(response.SensorGroup, 5, func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Invoke(ctx, o, "get_installer", client.Args{"os": "../.."})
			})},
		{name: "datasharing: a list", answers: map[string][]string{"GET /api/v1/group/5/datasharing": {`200 [{"id": 1, "who": "VIRUSTOTAL", "what": "BIN"}]`}},
			do:    wiretest.Selected(response.SensorGroup, 5, func(ctx context.Context, o *client.Object) (any, error) { return o.Get(ctx, "datasharing") }),
			asked: []string{"GET /api/v1/group/5/datasharing"}, want: []any{map[string]any{"id": int64(1), "who": "VIRUSTOTAL", "what": "BIN"}}},
		{name: "datasharing: 204 is nothing", answers: map[string][]string{"GET /api/v1/group/5/datasharing": {"204"}},
			do:    wiretest.Selected(response.SensorGroup, 5, func(ctx context.Context, o *client.Object) (any, error) { return o.Get(ctx, "datasharing") }),
			asked: []string{"GET /api/v1/group/5/datasharing"}, want: []any{}},
		{name: "datasharing: share and stop", answers: map[string][]string{"POST /api/v1/group/5/datasharing": {"200 {}"}, "DELETE /api/v1/group/5/datasharing/1": {"204"}, "DELETE /api/v1/group/5/datasharing": {"204"}},
			do: wiretest.Selected(response.SensorGroup, 5, func(ctx context.Context, o *client.Object) (any, error) {
				if _, err := wiretest.Invoke(ctx, o, "share_data", client.Args{"who": "VIRUSTOTAL", "what": "BIN"}); err != nil {
					return nil, err
				}
				if _, err := wiretest.Invoke(ctx, o, "stop_sharing_data", client.Args{"id": int64(1)}); err != nil {
					return nil, err
				}
				return wiretest.Invoke(ctx, o, "stop_sharing_data", nil)
			}),
			asked: []string{`POST /api/v1/group/5/datasharing {"group_id": 5, "what": "BIN", "who": "VIRUSTOTAL"}`,
				"DELETE /api/v1/group/5/datasharing/1", "DELETE /api/v1/group/5/datasharing"}},
	})
}

func TestSiteAndThrottleRule(t *testing.T) {
	site, rule := `200 [{"id": 1, "name": "Default Site"}]`, `200 {"id": 3, "site_id": 1, "from": 8, "to": 17, "day_of_week": 0, "bytes_per_second": 1000}`
	run(t, []exchange{
		{name: "Site: a list of one, and its rules", answers: map[string][]string{"GET /api/site/1": {site}}, asked: []string{"GET /api/site/1"},
			do: wiretest.Selected(response.Site, 1, func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Read(ctx, o, "name", "throttle_rules")
			}),
			want: map[string]any{"name": "Default Site", "throttle_rules": `select(ThrottleRule).where("site_id:1")`}},
		{name: "Site: a longer list is refused", answers: map[string][]string{"GET /api/site/1": {`200 [{"id": 1}, {"id": 2}]`}}, asked: []string{"GET /api/site/1"},
			do:   wiretest.Selected(response.Site, 1, func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "name") }),
			kind: "ServerError", text: "list of one"},
		{name: "Site: new", answers: map[string][]string{"POST /api/site": {`200 {"id": 1}`}, "GET /api/site/1": {site}},
			do: wiretest.Creating(response.Site, map[string]any{"name": "x"}, "name"), want: map[string]any{"name": "Default Site"},
			asked: []string{`POST /api/site {"name": "x"}`, "GET /api/site/1"}},
		{name: "ThrottleRule: list of a site", answers: map[string][]string{"GET /api/throttle": {`200 [{"id": 3, "site_id": 1}, {"id": 4, "site_id": 2}]`}}, asked: []string{"GET /api/throttle"},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.ThrottleRule).Where("site_id:1"), "id")
			}, want: []any{int64(3)}},
		{name: "ThrottleRule: new, since later versions", answers: map[string][]string{"POST /api/throttle": {`200 {"id": 3}`}, "GET /api/throttle/3": {rule}},
			do:    wiretest.Creating(response.ThrottleRule, map[string]any{"site_id": 1, "from": 8, "to": 17, "day_of_week": 0, "bytes_per_second": 1000}, "from", "bytes_per_second", "site"),
			asked: []string{`POST /api/throttle {"bytes_per_second": 1000.0, "day_of_week": 0, "from": 8, "site_id": 1, "to": 17}`, "GET /api/throttle/3"},
			want:  map[string]any{"from": int64(8), "bytes_per_second": 1000.0, "site": "Site 1"}},
		{name: "ThrottleRule: change", answers: map[string][]string{"GET /api/throttle/3": {rule}, "PUT /api/throttle/3": {`200 {"result": "success"}`}},
			do:    wiretest.Changing(response.ThrottleRule, 3, map[string]any{"to": 18}),
			asked: []string{"GET /api/throttle/3", `PUT /api/throttle/3 {"bytes_per_second": 1000, "day_of_week": 0, "from": 8, "id": 3, "site_id": 1, "to": 18}`, "GET /api/throttle/3"}},
		{name: "ThrottleRule: delete", answers: map[string][]string{"DELETE /api/throttle/3": {"200 {}"}}, asked: []string{"DELETE /api/throttle/3"},
			do: wiretest.Selected(response.ThrottleRule, 3, func(ctx context.Context, o *client.Object) (any, error) { return nil, o.Delete(ctx) })},
	})
}
