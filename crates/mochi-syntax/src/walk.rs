//! The children of a node, in the order of the source, without recursion.
//!
//! What depends on the shape of the tree alone (its height, its invariants) is written over these functions, so that a
//! new node kind is described once.

use crate::tree::*;

/// A node of a [`Tree`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Node {
    /// An expression.
    Expr(ExprId),
    /// A statement.
    Stmt(StmtId),
    /// A type.
    Type(TypeId),
    /// A pattern.
    Pat(PatId),
}

/// Calls `each` with every child of a node.
#[inline]
pub fn children(tree: &Tree, node: Node, each: &mut impl FnMut(Node)) {
    match node {
        Node::Expr(id) => expr_children(&tree.exprs[id].kind, each),
        Node::Stmt(id) => stmt_children(&tree.stmts[id].kind, each),
        Node::Type(id) => type_children(&tree.types[id].kind, each),
        Node::Pat(id) => pattern_children(&tree.pats[id].kind, each),
    }
}

/// Calls `each` with every child of an expression.
#[inline]
pub fn expr_children(kind: &ExprKind, each: &mut impl FnMut(Node)) {
    use ExprKind::*;
    match kind {
        Int(_) | Float(_) | Str(_) | Bool(_) | None | Name(_) | LogicQuery(_) | Error => {}
        Field { recv, .. } | OptField { recv, .. } => each(Node::Expr(*recv)),
        Index { recv, index, .. } | OptIndex { recv, index, .. } => exprs(&[*recv, *index], each),
        Slice { recv, parts, .. } => {
            each(Node::Expr(*recv));
            parts.iter().for_each(|part| opt_expr(*part, each));
        }
        Call { callee, args, .. } => {
            each(Node::Expr(*callee));
            exprs(args, each);
        }
        Cast { expr, ty, .. } => {
            each(Node::Expr(*expr));
            each(Node::Type(*ty));
        }
        Unary { expr, .. } | Paren(expr) => each(Node::Expr(*expr)),
        Binary { left, right, .. } => exprs(&[*left, *right], each),
        List(items) => exprs(items, each),
        Map(entries) => pairs(entries, each),
        Struct { inits: fields, .. } | Generate { inits: fields, .. } => inits(fields, each),
        Lambda(fun) => fun_children(fun, each),
        If { cond, then, otherwise } => {
            exprs(&[*cond, *then], each);
            opt_expr(*otherwise, each);
        }
        Match { scrutinee, arms } => {
            each(Node::Expr(*scrutinee));
            for arm in arms {
                each(Node::Pat(arm.pattern));
                match &arm.body {
                    ArmBody::Expr(expr) => each(Node::Expr(*expr)),
                    ArmBody::Block(block) => stmts(block, each),
                }
            }
        }
        Query(query) => query_children(query, each),
        Fetch { url, with } => {
            each(Node::Expr(*url));
            opt_expr(*with, each);
        }
        Load { ty, with, .. } => {
            each(Node::Type(*ty));
            opt_expr(*with, each);
        }
        Save { value, with, .. } => {
            each(Node::Expr(*value));
            opt_expr(*with, each);
        }
    }
}

/// Calls `each` with every child of a statement.
pub fn stmt_children(kind: &StmtKind, each: &mut impl FnMut(Node)) {
    use StmtKind::*;
    match kind {
        Break | Continue | Import(_) | Fact(_) | Rule { .. } | Error => {}
        Let(stmt) => {
            opt_type(stmt.ty, each);
            opt_expr(stmt.value, each);
        }
        Assign { place, value } => exprs(&[*place, *value], each),
        Fun(fun) | Intent(fun) => fun_children(fun, each),
        Return(value) => opt_expr(*value, each),
        If { cond, then, otherwise } => {
            each(Node::Expr(*cond));
            stmts(then, each);
            if let Some(block) = otherwise {
                stmts(block, each);
            }
        }
        While { cond, body } => {
            each(Node::Expr(*cond));
            stmts(body, each);
        }
        For { source, body, .. } => {
            match source {
                ForSource::Range(from, to) => exprs(&[*from, *to], each),
                ForSource::Each(source) => each(Node::Expr(*source)),
            }
            stmts(body, each);
        }
        Expr(expr) | Expect(expr) => each(Node::Expr(*expr)),
        Test { body, .. } | Bench { body, .. } | On { body, .. } | Agent { body, .. } => stmts(body, each),
        Type(decl) => match &decl.body {
            TypeBody::Struct { fields: members, methods } => {
                fields(members, each);
                methods.iter().for_each(|method| fun_children(method, each));
            }
            TypeBody::Union(variants) => variants.iter().for_each(|variant| fields(&variant.fields, each)),
            TypeBody::Alias(ty) => each(Node::Type(*ty)),
        },
        Extern(decl) => match &**decl {
            crate::tree::Extern::Type(_) | crate::tree::Extern::Object(_) => {}
            crate::tree::Extern::Var { ty, .. } => each(Node::Type(*ty)),
            crate::tree::Extern::Fun { params, result, .. } => {
                params.iter().for_each(|param| opt_type(param.ty, each));
                opt_type(*result, each);
            }
        },
        Update { set, cond, .. } => {
            pairs(set, each);
            opt_expr(*cond, each);
        }
        Fetch { url, with, .. } => {
            each(Node::Expr(*url));
            opt_expr(*with, each);
        }
        Stream { fields: members, .. } => fields(members, each),
        Emit { inits: values, .. } | Model { settings: values, .. } => inits(values, each),
    }
}

/// Calls `each` with every child of a type.
pub fn type_children(kind: &TypeKind, each: &mut impl FnMut(Node)) {
    match kind {
        TypeKind::Name(_) | TypeKind::Error => {}
        TypeKind::Generic(_, args) => args.iter().for_each(|ty| each(Node::Type(*ty))),
        TypeKind::Fun(params, result) => {
            params.iter().for_each(|ty| each(Node::Type(*ty)));
            opt_type(*result, each);
        }
        TypeKind::Struct(members) => fields(members, each),
        TypeKind::Option(ty) => each(Node::Type(*ty)),
    }
}

/// Calls `each` with every child of a pattern.
pub fn pattern_children(kind: &PatternKind, each: &mut impl FnMut(Node)) {
    match kind {
        PatternKind::Name(_) | PatternKind::Error => {}
        PatternKind::Literal(expr) => each(Node::Expr(*expr)),
        PatternKind::Variant(_, pats) => pats.iter().for_each(|pat| each(Node::Pat(*pat))),
    }
}

fn fun_children(fun: &FunDecl, each: &mut impl FnMut(Node)) {
    fun.params.iter().for_each(|param| opt_type(param.ty, each));
    opt_type(fun.result, each);
    match &fun.body {
        FunBody::Block(block) => stmts(block, each),
        FunBody::Expr(expr) => each(Node::Expr(*expr)),
    }
}

fn query_children(query: &Query, each: &mut impl FnMut(Node)) {
    query.sources.iter().for_each(|(_, source)| each(Node::Expr(*source)));
    query.joins.iter().for_each(|join| exprs(&[join.source, join.cond], each));
    opt_expr(query.cond, each);
    if let Some(group) = &query.group {
        exprs(&group.keys, each);
        opt_expr(group.having, each);
    }
    for clause in [query.sort, query.skip, query.take] {
        opt_expr(clause, each);
    }
    each(Node::Expr(query.select));
}

fn exprs(ids: &[ExprId], each: &mut impl FnMut(Node)) {
    ids.iter().for_each(|id| each(Node::Expr(*id)));
}

fn pairs(entries: &[(ExprId, ExprId)], each: &mut impl FnMut(Node)) {
    entries.iter().for_each(|(key, value)| exprs(&[*key, *value], each));
}

fn inits(fields: &[FieldInit], each: &mut impl FnMut(Node)) {
    fields.iter().for_each(|init| each(Node::Expr(init.value)));
}

fn fields(fields: &[FieldDecl], each: &mut impl FnMut(Node)) {
    fields.iter().for_each(|field| each(Node::Type(field.ty)));
}

fn stmts(block: &Block, each: &mut impl FnMut(Node)) {
    block.stmts.iter().for_each(|id| each(Node::Stmt(*id)));
}

fn opt_expr(id: Option<ExprId>, each: &mut impl FnMut(Node)) {
    if let Some(id) = id {
        each(Node::Expr(id));
    }
}

fn opt_type(id: Option<TypeId>, each: &mut impl FnMut(Node)) {
    if let Some(id) = id {
        each(Node::Type(id));
    }
}
