package protection

import "github.com/cbscript/cbscript/client"

// User is someone who may log in to the server. Source: contract/protection.md, "Models".
var User = define(client.Kind{
	Name: "User", Route: base + "user", Allows: creatable, Since: since80,
	Doc: "Someone who may log in to the server.", Fields: userFields,
})

// UserGroup is a set of users with the same permissions. Source: contract/protection.md, "Models".
var UserGroup = define(client.Kind{
	Name: "UserGroup", Route: base + "userGroup", Allows: creatable, Since: since80,
	Doc: "Users with the same permissions.", Fields: userGroupFields,
})

// GrantedUserPolicyPermission is what a user may do with a policy. Source: contract/protection.md, "Models".
var GrantedUserPolicyPermission = define(client.Kind{
	Name: "GrantedUserPolicyPermission", Route: base + "grantedUserPolicyPermission", Allows: readOnly, Since: since80,
	Doc: "What a user may do with a policy.", Fields: idOnly,
})
