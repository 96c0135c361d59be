package response

import "github.com/cbscript/cbscript/client"

// Site is a place with throttle rules for the sensors of its groups. Source: contract/response.md, section 4.
var Site = client.Define(client.Kind{
	Name: "Site", Product: Name, Route: "/api/site", PrimaryKey: "id",
	Doc:    "A site: sensor groups that share a line to the server and the rules that throttle it.",
	Allows: client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style:  client.SimpleList(), FullRows: true,
	Fetch: onlyOf,
	Fields: []client.Field{
		{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the site"},
		{Name: "name", Type: client.Text, Doc: "name of the site"},
	},
	Properties: []client.Property{
		related("throttle_rules", "ThrottleRule", "site_id", "The rules that limit what the site's sensors send."),
	},
})

// ThrottleRule limits what a site's sensors may send at certain hours. Source: contract/response.md, section 4;
// known-bugs.md, row 43.
var ThrottleRule = client.Define(client.Kind{
	Name: "ThrottleRule", Product: Name, Route: "/api/throttle", PrimaryKey: "id",
	Doc:    "A limit on the bandwidth of a site's sensors at certain hours of a day of the week.",
	Allows: client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style:  client.SimpleList(), FullRows: true,
	Fields: []client.Field{
		{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the rule"},
		{Name: "site_id", Type: client.Int, Doc: "number of the site that it applies to"},
		{Name: "day_of_week", Type: client.Int, Doc: "day that it applies to, 0 to 6"},
		{Name: "from", Type: client.Int, Doc: "hour at which it begins"},
		{Name: "to", Type: client.Int, Doc: "hour at which it ends"},
		{Name: "bytes_per_second", Type: client.Float, Doc: "most bytes that a sensor may send in a second"},
	},
	Properties: []client.Property{
		settableJoin("site", "site_id", "Site", "The site that the rule applies to."),
	},
})
