package defense

import (
	"context"
	"net/http"

	"github.com/cbscript/cbscript/client"
)

// Device is an endpoint with the sensor. Source: contract/defense.md, "Device".
var Device = define(client.Kind{
	Name: "Device", Route: base + "device", PrimaryKey: "deviceId",
	Doc:    "An endpoint with the sensor. Setting policyId or policyName and saving moves it to another policy.",
	Allows: client.CanQuery | client.CanGet | client.CanUpdate,
	Fields: deviceFields,
	Properties: []client.Property{
		{Name: "policy", Returns: "Policy", Doc: "The policy that it follows.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return o.Join(ctx, "policyId", "Policy") }},
	},
	Methods: []client.Method{lrSession()},
	Saving:  saveChanges,
	Changes: []client.Route{{Method: http.MethodPatch, Path: base + "device/{id}", Needs: []client.Capability{client.Write}, Object: "Device {id}"}},
}, "deviceInfo")

// Event is something that happened on a device. Source: contract/defense.md, "Event".
var Event = define(client.Kind{
	Name: "Event", Route: base + "event", PrimaryKey: "eventId",
	Doc:    "Something that happened on a device.",
	Allows: client.CanQuery | client.CanGet,
	Fields: eventFields,
}, "eventInfo")
